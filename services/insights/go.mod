module liuke.dev/services/insights

go 1.26.0
