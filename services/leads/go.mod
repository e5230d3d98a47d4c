module liuke.dev/services/leads

go 1.26.0
