module liuke.dev/services/organization

go 1.26.0
