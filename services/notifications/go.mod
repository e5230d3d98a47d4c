module liuke.dev/services/notifications

go 1.26.0
