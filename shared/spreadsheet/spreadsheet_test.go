package spreadsheet_test

import (
	"testing"

	"liuke.dev/shared/spreadsheet"
)

func TestNoValueIsAFormula(t *testing.T) {
	for value, want := range map[string]string{"": "", "海天": "海天", "a=b": "a=b", "=1+1": "'=1+1", "+86 138": "'+86 138", "-5": "'-5", "@SUM(A1)": "'@SUM(A1)"} {
		if got := spreadsheet.Harmless(value); got != want {
			t.Errorf("%q becomes %q, want %q", value, got, want)
		}
	}
}
