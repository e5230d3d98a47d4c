package mongo

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// escapes make every JSON key a field name that MongoDB stores and indexes.
var (
	escapes   = strings.NewReplacer("%", "%25", ".", "%2E", "$", "%24", "\x00", "%00")
	unescapes = strings.NewReplacer("%25", "%", "%2E", ".", "%24", "$", "%00", "\x00")
)

// encodeBody turns JSON into BSON so that decodeBody gives back the same JSON:
// the order of fields is kept, whole numbers are int64, others double.
func encodeBody(body json.RawMessage) (bson.RawValue, error) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	element, err := appendJSON(nil, "v", d)
	if err != nil {
		return bson.RawValue{}, fmt.Errorf("body: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return bson.RawValue{}, fmt.Errorf("body: more than one JSON value")
	}
	return bson.RawElement(element).Value(), nil
}

func appendJSON(dst []byte, key string, d *json.Decoder) ([]byte, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Delim:
		return appendNested(dst, key, t, d)
	case string:
		return bsoncore.AppendStringElement(dst, key, t), nil
	case bool:
		return bsoncore.AppendBooleanElement(dst, key, t), nil
	case json.Number:
		return appendNumber(dst, key, t.String())
	default:
		return bsoncore.AppendNullElement(dst, key), nil
	}
}

func appendNested(dst []byte, key string, open json.Delim, d *json.Decoder) ([]byte, error) {
	var start int32
	var err error
	if open == '[' {
		start, dst = bsoncore.AppendArrayElementStart(dst, key)
	} else {
		start, dst = bsoncore.AppendDocumentElementStart(dst, key)
	}
	for i := 0; d.More(); i++ {
		name := strconv.Itoa(i)
		if open == '{' {
			token, err := d.Token()
			if err != nil {
				return nil, err
			}
			name = escapes.Replace(token.(string)) // the decoder gives keys as strings only
		}
		if dst, err = appendJSON(dst, name, d); err != nil {
			return nil, err
		}
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	return bsoncore.AppendDocumentEnd(dst, start)
}

// appendNumber refuses whole numbers that neither form holds exactly.
func appendNumber(dst []byte, key, text string) ([]byte, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && text != "-0" {
		return bsoncore.AppendInt64Element(dst, key, n), nil
	}
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, fmt.Errorf("number %s: %w", text, err)
	}
	if !strings.ContainsAny(text, ".eE") {
		if again, err := json.Marshal(f); err != nil || string(again) != text {
			return nil, fmt.Errorf("number %s has more digits than can be kept", text)
		}
	}
	return bsoncore.AppendDoubleElement(dst, key, f), nil
}

// decodeBody turns stored BSON back into the JSON it was made from.
func decodeBody(v bson.RawValue) (json.RawMessage, error) {
	out, err := appendBSON(nil, v)
	if err != nil {
		return nil, fmt.Errorf("body: %w", err)
	}
	return out, nil
}

func appendBSON(dst []byte, v bson.RawValue) ([]byte, error) {
	switch v.Type {
	case bson.TypeEmbeddedDocument, bson.TypeArray:
		return appendElements(dst, v)
	case bson.TypeString:
		return appendText(dst, v.StringValue())
	case bson.TypeBoolean:
		return strconv.AppendBool(dst, v.Boolean()), nil
	case bson.TypeInt64:
		return strconv.AppendInt(dst, v.Int64(), 10), nil
	case bson.TypeInt32:
		return strconv.AppendInt(dst, int64(v.Int32()), 10), nil
	case bson.TypeDouble:
		b, err := json.Marshal(v.Double())
		return append(dst, b...), err
	case bson.TypeNull:
		return append(dst, "null"...), nil
	default:
		return nil, fmt.Errorf("a value of BSON type %s, which this program does not write", v.Type)
	}
}

func appendElements(dst []byte, v bson.RawValue) ([]byte, error) {
	array := v.Type == bson.TypeArray
	open, end := byte('{'), byte('}')
	if array {
		open, end = '[', ']'
	}
	elements, err := bson.Raw(v.Value).Elements()
	if err != nil {
		return nil, err
	}
	dst = append(dst, open)
	for i, e := range elements {
		if i > 0 {
			dst = append(dst, ',')
		}
		if !array {
			if dst, err = appendText(dst, unescapes.Replace(e.Key())); err != nil {
				return nil, err
			}
			dst = append(dst, ':')
		}
		if dst, err = appendBSON(dst, e.Value()); err != nil {
			return nil, err
		}
	}
	return append(dst, end), nil
}

// appendText writes a string as encoding/json does.
func appendText(dst []byte, s string) ([]byte, error) {
	b, err := json.Marshal(s)
	return append(dst, b...), err
}
