// Package spreadsheet keeps what is written for spreadsheets from being taken for
// more than it is.
package spreadsheet

import "strings"

// Harmless keeps a spreadsheet from taking a value of somebody's file for a formula.
func Harmless(value string) string {
	if value != "" && strings.IndexByte("=+-@", value[0]) >= 0 {
		return "'" + value
	}
	return value
}
