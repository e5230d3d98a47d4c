package httpx

import (
	"regexp"
	"strconv"
	"strings"
)

// translation gives a message of huma, or of what it reads with, its rule and Chinese text.
type translation struct {
	form *regexp.Regexp
	rule string
	zh   string // $1 and $2 stand for what the form captured
}

// translations follow huma's messages (its package validation, and what it says
// while it reads parameters and files) and those of the JSON decoder. The first
// one that fits is taken, so the narrower form stands before the wider.
var translations = []translation{
	{regexp.MustCompile(`^expected required property (\S+) to be present`), "required", "必填"},
	{regexp.MustCompile(`^required .* parameter is missing`), "required", "必填"},
	{regexp.MustCompile(`^(?:File required|At least one file is required)`), "required", "必填，须上传文件"},
	{regexp.MustCompile(`^expected property (\S+) to be present when (\S+) is present`), "required_with", "填写 $2 时，$1 必填"},
	{regexp.MustCompile(`^unexpected property`), "unknown_field", "没有这个字段"},
	{regexp.MustCompile(`^expected propertyName value to be present in object`), "discriminator", "缺少区分类型的字段"},
	{regexp.MustCompile(`^write only property is non-zero`), "write_only", "此字段不得出现"},
	{regexp.MustCompile(`^unknown query parameter`), "unknown_parameter", "没有这个参数"},
	{regexp.MustCompile(`^expected at most one value`), "one_value", "只能有一个值"},

	{regexp.MustCompile(`^expected length >= (\d+)`), "min_length", "至少 $1 个字符"},
	{regexp.MustCompile(`^expected length <= (\d+)`), "max_length", "最多 $1 个字符"},
	{regexp.MustCompile(`^expected array length >= (\d+)`), "min_items", "至少 $1 项"},
	{regexp.MustCompile(`^expected array length <= (\d+)`), "max_items", "最多 $1 项"},
	{regexp.MustCompile(`^Multiple files received but only one was expected`), "max_items", "只能上传一个文件"},
	{regexp.MustCompile(`^expected array items to be unique`), "unique_items", "不得重复"},
	{regexp.MustCompile(`^expected object with at least (\d+) properties`), "min_properties", "至少 $1 个字段"},
	{regexp.MustCompile(`^expected object with at most (\d+) properties`), "max_properties", "最多 $1 个字段"},
	{regexp.MustCompile(`^expected number >= (\S+)`), "minimum", "不得小于 $1"},
	{regexp.MustCompile(`^expected number <= (\S+)`), "maximum", "不得大于 $1"},
	{regexp.MustCompile(`^expected number > (\S+)`), "exclusive_minimum", "必须大于 $1"},
	{regexp.MustCompile(`^expected number < (\S+)`), "exclusive_maximum", "必须小于 $1"},
	{regexp.MustCompile(`^expected number to be a multiple of (\S+)`), "multiple_of", "必须是 $1 的倍数"},
	{regexp.MustCompile(`^expected value to be one of "(.*)"`), "one_of", "只能是：$1"},
	{regexp.MustCompile(`^expected value to match at least one schema`), "any_of", "不符合任何一种允许的形式"},
	{regexp.MustCompile(`^expected value to match exactly one schema`), "exactly_one", "必须恰好符合一种允许的形式"},
	{regexp.MustCompile(`^expected value to not match schema`), "not", "是不允许的形式"},

	{regexp.MustCompile(`^expected string to be RFC 3339 date$`), "date", "应为日期，格式：年-月-日"},
	{regexp.MustCompile(`^expected string to be RFC 3339 time$`), "time", "应为一天中的时间，格式：时:分:秒"},
	{regexp.MustCompile(`^expected string to be RFC 1123 date-time`), "date_time", "应为 RFC 1123 时间"},
	{regexp.MustCompile(`^time out of range`), "date_time", "时间超出范围"},
	{regexp.MustCompile(`^invalid date/time for format`), "date_time", "时间格式不对"},
	{regexp.MustCompile(`RFC 3339`), "date_time", "应为带时区的 RFC 3339 时间"},
	{regexp.MustCompile(`^expected duration`), "duration", "应为时长"},
	{regexp.MustCompile(`^policy: .* is not a duration`), "duration", "应为时长，如 10m、24h、7d（自然时间）或 4wh、3wd（工作时间）"},
	{regexp.MustCompile(`^expected string to be RFC 5322 email`), "email", "应为电子邮箱地址"},
	{regexp.MustCompile(`^expected string to be RFC 5890 hostname`), "hostname", "应为主机名"},
	{regexp.MustCompile(`^expected string to be RFC 2673 ipv4`), "ipv4", "应为 IPv4 地址"},
	{regexp.MustCompile(`^expected string to be RFC 2373 ipv6`), "ipv6", "应为 IPv6 地址"},
	{regexp.MustCompile(`^expected string to be either RFC 2673 ipv4 or RFC 2373 ipv6`), "ip", "应为 IP 地址"},
	{regexp.MustCompile(`^expected string to be RFC 3986 uri`), "uri", "应为网址"},
	{regexp.MustCompile(`^invalid url.URL value`), "uri", "应为网址"},
	{regexp.MustCompile(`^expected string to be RFC 4122 uuid`), "uuid", "应为 UUID"},
	{regexp.MustCompile(`^expected string to be RFC 6570 uri-template`), "uri_template", "应为网址模板"},
	{regexp.MustCompile(`^expected string to be RFC 6901 (?:relative-)?json-pointer`), "json_pointer", "应为 JSON 指针"},
	{regexp.MustCompile(`^expected string to be regex`), "regex", "应为正则表达式"},
	{regexp.MustCompile(`^expected string to be base64 encoded`), "base64", "应为 BASE64 编码的内容"},
	{regexp.MustCompile(`^expected string to match pattern (.*)`), "pattern", "格式应为 $1"},
	{regexp.MustCompile(`^expected string to be `), "pattern", "格式不符合要求"},

	{regexp.MustCompile(`^expected (string|number|integer|boolean|array|object)$`), "type", "类型应为$1"},
	{regexp.MustCompile(`^invalid (integer|float|boolean)`), "type", "类型应为$1"},
	{regexp.MustCompile(`^json: cannot unmarshal .* of type `), "type", "类型不对"},
	{regexp.MustCompile(`^(?:invalid value|unsupported type|unparsable value)`), "type", "类型不对"},
	{regexp.MustCompile(`^(?:invalid character|unexpected end of JSON input|unexpected EOF)`), "json", "不是完整有效的 JSON"},
	{regexp.MustCompile(`^exceeded max depth`), "json", "JSON 嵌套过深"},
	{regexp.MustCompile(`^body is not valid UTF-8`), "utf8", "不是有效的 UTF-8 文本"},
	{regexp.MustCompile(`^body holds a null`), "characters", "含有空字符或不完整的代理对"},
	{regexp.MustCompile(`^unknown content type`), "content_type", "不支持的内容类型"},
	{regexp.MustCompile(`^Invalid mime type`), "content_type", "不支持的文件类型"},
	{regexp.MustCompile(`^(?:Failed to|cannot read multipart form)`), "readable", "无法读取"},
}

// types are JSON's types in Chinese.
var types = map[string]string{
	"string": "文本", "number": "数字", "float": "数字", "integer": "整数", "boolean": "布尔值", "array": "列表", "object": "对象",
}

// chinese fills in what the form captured.
func (t translation) chinese(captured []string) string {
	zh := t.zh
	for i, c := range captured[1:] {
		if t.rule == "type" {
			c = types[c]
		}
		zh = strings.ReplaceAll(zh, "$"+strconv.Itoa(i+1), c)
	}
	return zh
}

// unreadable says in Chinese why a whole request cannot be read.
func unreadable(msg string) string {
	switch {
	case strings.HasPrefix(msg, "request body is required"):
		return "缺少请求内容"
	case strings.HasPrefix(msg, "validation failed"):
		return "请求内容无法读取"
	}
	return "请求无法读取"
}
