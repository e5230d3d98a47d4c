module liuke.dev/workflows

go 1.26.8

require liuke.dev/shared v0.0.0

replace liuke.dev/shared => ../shared
