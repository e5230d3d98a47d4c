package narrate_test

import (
	"encoding/json"
	"reflect"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

// values gives how many rounds show every value that a field of the data may have.
func values(d catalogue.Data) int {
	most := 1
	var look func(reflect.Type, int)
	look = func(t reflect.Type, depth int) {
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
			t = t.Elem()
		}
		if t.Kind() != reflect.Struct || depth == 0 {
			return
		}
		for i := range t.NumField() {
			if enum := t.Field(i).Tag.Get("enum"); enum != "" {
				most = max(most, len(strings.Split(enum, ",")))
			}
			look(t.Field(i).Type, depth-1)
		}
	}
	look(reflect.TypeOf(d).Elem(), 4)
	return most
}

// filled gives data of the same type in which every field is set: a text that
// may be anything to what is given, one of a list to that of the round.
func filled(d catalogue.Data, text string, round int) catalogue.Data {
	v := reflect.New(reflect.TypeOf(d).Elem())
	fill(v.Elem(), "", text, round, 6)
	return v.Interface().(catalogue.Data)
}

func fill(v reflect.Value, enum, text string, round, depth int) {
	switch v.Interface().(type) {
	case instant.Time:
		v.SetInt(1772355600000)
		return
	case lang.Text:
		v.Set(reflect.ValueOf(lang.T("某事", "something")))
		return
	case money.Amount:
		v.Set(reflect.ValueOf(money.Amount{Minor: 100, Currency: "CNY"}))
		return
	case json.RawMessage:
		v.SetBytes([]byte(`{}`))
		return
	}
	switch v.Kind() {
	case reflect.String:
		if enum != "" {
			one := strings.Split(enum, ",")
			text = one[round%len(one)]
		}
		v.SetString(text)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(round%2 == 0)
	case reflect.Pointer:
		if depth > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), enum, text, round, depth-1)
		}
	case reflect.Slice:
		if depth > 0 {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fill(v.Index(0), enum, text, round, depth-1)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), v.Type().Field(i).Tag.Get("enum"), text, round, depth-1)
		}
	}
}
