package kafka

import (
	"fmt"
	"log/slog"
)

// logTo passes on what kafka-go says. It says every failed attempt, which is
// what an outage is made of, so it is for those who look for it.
type logTo struct{ log *slog.Logger }

// Printf implements kafka-go's Logger.
func (l logTo) Printf(format string, args ...any) {
	l.log.Debug("kafka: " + fmt.Sprintf(format, args...))
}
