package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// value is a JSON document that keeps the order of its members: nil, bool, json.Number, string,
// []value or []member.
type value interface{}

type member struct {
	key   string
	value value
}

func parseJSON(text []byte) (value, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	parsed, err := parseValue(decoder)
	if err != nil {
		return nil, err
	}
	if _, err = decoder.Token(); err != io.EOF {
		return nil, errors.New("more text after the value")
	}
	return parsed, nil
}

func parseValue(decoder *json.Decoder) (value, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('['):
		items := []value{}
		for decoder.More() {
			item, err := parseValue(decoder)
			if err != nil {
				return nil, err
			}
			items = append(items, item)
		}
		_, err = decoder.Token()
		return items, err
	case json.Delim('{'):
		members := []member{}
		for decoder.More() {
			key, err := decoder.Token()
			if err != nil {
				return nil, err
			}
			item, err := parseValue(decoder)
			if err != nil {
				return nil, err
			}
			members = append(members, member{key.(string), item})
		}
		_, err = decoder.Token()
		return members, err
	}
	return token, nil
}

// writeJSON appends the value: compact, members in their order.
func writeJSON(out *bytes.Buffer, v value) {
	switch v := v.(type) {
	case []value:
		out.WriteByte('[')
		for i, item := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			writeJSON(out, item)
		}
		out.WriteByte(']')
	case []member:
		out.WriteByte('{')
		for i, m := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			writeScalar(out, m.key)
			out.WriteByte(':')
			writeJSON(out, m.value)
		}
		out.WriteByte('}')
	default:
		writeScalar(out, v)
	}
}

func writeScalar(out *bytes.Buffer, v value) {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(v) == nil {
		out.Truncate(out.Len() - 1) // the newline it adds
	}
}
