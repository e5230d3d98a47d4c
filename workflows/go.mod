module liuke.dev/workflows

go 1.26.0
