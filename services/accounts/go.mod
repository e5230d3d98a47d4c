module liuke.dev/services/accounts

go 1.26.0
