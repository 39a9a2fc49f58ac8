#include "lang/gotmpl/funcs/table.hh"

#include "lang/gotmpl/funcs/functions.hh"

namespace taut::gotmpl {

namespace {

using namespace funcs;

constexpr Function kFunctions[] = {
    {"hello", "", hello, "sprig functions.go"},

    // strings
    {"trim", "string", trim, "sprig strings.go"},
    {"upper", "string", upper, "sprig strings.go"},
    {"lower", "string", lower, "sprig strings.go"},
    {"title", "string", title, "sprig strings.go: strings.Title, it's becomes It'S"},
    {"untitle", "string", untitle, "goutils.Uncapitalize: every word"},
    {"swapcase", "string", swap_case, "goutils.SwapCase: words begin in upper case"},
    {"snakecase", "string", snake_case, "xstrings.ToSnakeCase"},
    {"camelcase", "string", camel_case, "xstrings.ToPascalCase"},
    {"kebabcase", "string", kebab_case, "xstrings.ToKebabCase"},
    {"substr", "int, int, string", substr, "sprig strings.go: bytes; bad bounds panic"},
    {"trunc", "int, string", trunc, "sprig strings.go: bytes; negative counts from the end"},
    {"repeat", "int, string", repeat, "strings.Repeat"},
    {"trimall", "string, string", trim_all, "strings.Trim"},
    {"trimAll", "string, string", trim_all, "strings.Trim"},
    {"trimSuffix", "string, string", trim_suffix, "strings.TrimSuffix"},
    {"trimPrefix", "string, string", trim_prefix, "strings.TrimPrefix"},
    {"nospace", "string", no_space, "goutils.DeleteWhiteSpace: bytes as Latin-1"},
    {"initials", "string", initials, "goutils.Initials: bytes as Latin-1"},
    {"abbrev", "int, string", abbrev, "goutils.Abbreviate"},
    {"abbrevboth", "int, int, string", abbrev_both, "goutils.AbbreviateFull"},
    {"wrap", "int, string", wrap, "goutils.Wrap"},
    {"wrapWith", "int, string, string", wrap_with, "goutils.WrapCustom"},
    {"contains", "string, string", contains, "strings.Contains"},
    {"hasPrefix", "string, string", has_prefix, "strings.HasPrefix"},
    {"hasSuffix", "string, string", has_suffix, "strings.HasSuffix"},
    {"quote", "...any", quote, "sprig strings.go: %q, nil is left away"},
    {"squote", "...any", squote, "sprig strings.go: nothing is escaped, nil is left away"},
    {"cat", "...any", cat, "sprig strings.go: nil is left away"},
    {"indent", "int, string", indent, "sprig strings.go"},
    {"nindent", "int, string", nindent, "sprig strings.go"},
    {"replace", "string, string, string", replace, "strings.Replace"},
    {"plural", "string, string, int", plural, "sprig strings.go"},
    {"toString", "any", to_string, "sprig strings.go: strval"},
    {"toStrings", "any", to_strings, "sprig strings.go: strslice, nil is left away"},
    {"split", "string, string", split, "sprig strings.go: {_0, _1, ...}"},
    {"splitn", "string, int, string", splitn, "sprig strings.go: {_0, _1, ...}"},
    {"splitList", "string, string", split_list, "strings.Split"},
    {"join", "string, any", join, "sprig strings.go: nil is left away"},
    {"sortAlpha", "any", sort_alpha, "sprig list.go: a []string is sorted in place"},

    // integers
    {"atoi", "string", atoi, "strconv.Atoi without its error"},
    {"int", "any", to_int, "cast 1.7.0 ToInt"},
    {"int64", "any", to_int64, "cast 1.7.0 ToInt64"},
    {"float64", "any", to_float64, "cast 1.7.0 ToFloat64"},
    {"toDecimal", "any", to_decimal, "sprig numeric.go: octal"},
    {"seq", "...int", seq, "sprig numeric.go: as seq(1)"},
    {"until", "int", until, "sprig numeric.go: []int"},
    {"untilStep", "int, int, int", until_step, "sprig numeric.go: []int"},
    {"add1", "any", add1, "sprig functions.go: int64"},
    {"add", "...any", add, "sprig functions.go: int64"},
    {"sub", "any, any", sub, "sprig functions.go: int64"},
    {"div", "any, any", div, "sprig functions.go: int64"},
    {"mod", "any, any", mod, "sprig functions.go: int64"},
    {"mul", "any, ...any", mul, "sprig functions.go: int64"},
    {"biggest", "any, ...any", max, "sprig numeric.go: int64"},
    {"max", "any, ...any", max, "sprig numeric.go: int64"},
    {"min", "any, ...any", min, "sprig numeric.go: int64"},

    // floats
    {"add1f", "any", add1f, "shopspring/decimal 1.4.0"},
    {"addf", "...any", addf, "shopspring/decimal 1.4.0"},
    {"subf", "any, ...any", subf, "shopspring/decimal 1.4.0"},
    {"divf", "any, ...any", divf, "shopspring/decimal 1.4.0: 16 places"},
    {"mulf", "any, ...any", mulf, "shopspring/decimal 1.4.0"},
    {"maxf", "any, ...any", maxf, "math.Max"},
    {"minf", "any, ...any", minf, "math.Min"},
    {"ceil", "any", ceil, "math.Ceil"},
    {"floor", "any", floor, "math.Floor"},
    {"round", "any, int, ...float64", round, "sprig numeric.go: -2.5 becomes -3"},

    // lists
    {"list", "...any", list, "sprig list.go"},
    {"tuple", "...any", list, "sprig list.go"},
    {"append", "any, any", push, "sprig list.go"},
    {"mustAppend", "any, any", push, "sprig list.go"},
    {"push", "any, any", push, "sprig list.go"},
    {"mustPush", "any, any", push, "sprig list.go"},
    {"prepend", "any, any", prepend, "sprig list.go"},
    {"mustPrepend", "any, any", prepend, "sprig list.go"},
    {"first", "any", first, "sprig list.go: nil of an empty list"},
    {"mustFirst", "any", first, "sprig list.go"},
    {"rest", "any", rest, "sprig list.go: a nil slice of an empty list"},
    {"mustRest", "any", rest, "sprig list.go"},
    {"last", "any", last, "sprig list.go: nil of an empty list"},
    {"mustLast", "any", last, "sprig list.go"},
    {"initial", "any", initial, "sprig list.go: a nil slice of an empty list"},
    {"mustInitial", "any", initial, "sprig list.go"},
    {"reverse", "any", reverse, "sprig list.go"},
    {"mustReverse", "any", reverse, "sprig list.go"},
    {"uniq", "any", uniq, "sprig list.go: reflect.DeepEqual"},
    {"mustUniq", "any", uniq, "sprig list.go"},
    {"without", "any, ...any", without, "sprig list.go: reflect.DeepEqual"},
    {"mustWithout", "any, ...any", without, "sprig list.go"},
    {"has", "any, any", has, "sprig list.go: reflect.DeepEqual, so 3 is not in [3.0]"},
    {"mustHas", "any, any", has, "sprig list.go"},
    {"slice", "any, ...any", slice, "sprig list.go: hides Go's own slice"},
    {"mustSlice", "any, ...any", slice, "sprig list.go"},
    {"concat", "...any", concat, "sprig list.go: a nil slice of nothing"},
    {"chunk", "int, any", chunk, "sprig list.go: [][]interface {}"},
    {"mustChunk", "int, any", chunk, "sprig list.go"},
    {"compact", "any", compact, "sprig list.go"},
    {"mustCompact", "any", compact, "sprig list.go"},

    // maps
    {"dict", "...any", dict, "sprig dict.go: a key without a value gets an empty string"},
    {"get", "map[string]any, string", get, "sprig dict.go: an empty string if there is none"},
    {"set", "map[string]any, string, any", set, "sprig dict.go: in place"},
    {"unset", "map[string]any, string", unset, "sprig dict.go: in place"},
    {"hasKey", "map[string]any, string", has_key, "sprig dict.go"},
    {"pluck", "string, ...map[string]any", pluck, "sprig dict.go"},
    {"keys", "...map[string]any", keys, "sprig dict.go: order random in Go"},
    {"values", "map[string]any", values, "sprig dict.go: order random in Go"},
    {"pick", "map[string]any, ...string", pick, "sprig dict.go"},
    {"omit", "map[string]any, ...string", omit, "sprig dict.go"},
    {"dig", "...any", dig, "sprig dict.go: type assertions, so .Values itself fails"},
    {"deepCopy", "any", deep_copy, "copystructure"},
    {"mustDeepCopy", "any", deep_copy, "copystructure"},
    {"merge", "map[string]any, ...map[string]any", merge, "mergo 1.0.1: 0, false and \"\" are overwritten"},
    {"mustMerge", "map[string]any, ...map[string]any", merge, "mergo 1.0.1"},
    {"mergeOverwrite", "map[string]any, ...map[string]any", merge_overwrite, "mergo 1.0.1: with nil too"},
    {"mustMergeOverwrite", "map[string]any, ...map[string]any", merge_overwrite, "mergo 1.0.1"},

    // flow
    {"default", "any, ...any", default_value, "sprig defaults.go"},
    {"empty", "any", empty, "sprig defaults.go: structs never are"},
    {"coalesce", "...any", coalesce, "sprig defaults.go"},
    {"all", "...any", all, "sprig defaults.go"},
    {"any", "...any", any, "sprig defaults.go"},
    {"ternary", "any, any, bool", ternary, "sprig defaults.go"},
    {"fail", "string", fail_with, "helm engine.go: execution error at (...)"},
    {"required", "string, any", required, "helm engine.go: nil and \"\" only"},
    {"include", "string, any", include, "helm engine.go: 1,000 deep for each name"},
    {"tpl", "string, any", tpl, "helm engine.go"},
    {"lookup", "string, string, string, string", lookup, "helm lookup_func.go: an empty map offline"},

    // types
    {"typeOf", "any", type_of, "sprig reflect.go: %T"},
    {"typeIs", "string, any", type_is, "sprig reflect.go"},
    {"typeIsLike", "string, any", type_is_like, "sprig reflect.go"},
    {"kindOf", "any", kind_of, "sprig reflect.go"},
    {"kindIs", "string, any", kind_is, "sprig reflect.go"},
    {"deepEqual", "any, any", deep_equal_values, "reflect.DeepEqual"},

    // regular expressions
    {"regexMatch", "string, string", regex_match, "sprig regex.go: false for a bad pattern"},
    {"mustRegexMatch", "string, string", must_regex_match, "sprig regex.go"},
    {"regexFind", "string, string", regex_find, "sprig regex.go"},
    {"mustRegexFind", "string, string", must_regex_find, "sprig regex.go"},
    {"regexFindAll", "string, string, int", regex_find_all, "sprig regex.go: a nil slice of no match"},
    {"mustRegexFindAll", "string, string, int", must_regex_find_all, "sprig regex.go"},
    {"regexReplaceAll", "string, string, string", regex_replace_all, "sprig regex.go: $1x is the group 1x"},
    {"mustRegexReplaceAll", "string, string, string", must_regex_replace_all, "sprig regex.go"},
    {"regexReplaceAllLiteral", "string, string, string", regex_replace_all_literal, "sprig regex.go"},
    {"mustRegexReplaceAllLiteral", "string, string, string", must_regex_replace_all_literal, "sprig regex.go"},
    {"regexSplit", "string, string, int", regex_split, "sprig regex.go: a nil slice for a count of 0"},
    {"mustRegexSplit", "string, string, int", must_regex_split, "sprig regex.go"},
    {"regexQuoteMeta", "string", regex_quote_meta, "regexp.QuoteMeta"},

    // versions
    {"semver", "string", semver, "Masterminds/semver 3: *semver.Version with its methods"},
    {"semverCompare", "string, string", semver_compare, "Masterminds/semver 3.4 (Helm 4.1), 3.5 (4.2)"},

    // dates
    {"now", "", now, "sprig functions.go"},
    {"ago", "any", ago, "sprig date.go"},
    {"date", "string, any", date, "sprig date.go: what is no time is now"},
    {"dateInZone", "string, any, string", date_in_zone, "sprig date.go: an unknown zone is UTC"},
    {"date_in_zone", "string, any, string", date_in_zone, "sprig date.go"},
    {"dateModify", "string, time.Time", date_modify, "sprig date.go"},
    {"date_modify", "string, time.Time", date_modify, "sprig date.go"},
    {"mustDateModify", "string, time.Time", must_date_modify, "sprig date.go"},
    {"must_date_modify", "string, time.Time", must_date_modify, "sprig date.go"},
    {"duration", "any", duration, "sprig date.go: an int is 0"},
    {"durationRound", "any", duration_round, "sprig date.go"},
    {"htmlDate", "any", html_date, "sprig date.go"},
    {"htmlDateInZone", "any, string", html_date_in_zone, "sprig date.go"},
    {"toDate", "string, string", to_date, "sprig date.go: the year 1 for what does not parse"},
    {"mustToDate", "string, string", must_to_date, "sprig date.go"},
    {"unixEpoch", "time.Time", unix_epoch, "sprig date.go"},

    // encodings and sums
    {"b64enc", "string", base64_encoded, "sprig strings.go"},
    {"b64dec", "string", base64_decoded, "sprig strings.go: the text of the error for what is not base64"},
    {"b32enc", "string", base32_encoded, "sprig strings.go"},
    {"b32dec", "string", base32_decoded, "sprig strings.go"},
    {"sha1sum", "string", sha1_sum, "sprig crypto.go"},
    {"sha256sum", "string", sha256_sum, "sprig crypto.go"},
    {"sha512sum", "string", sha512_sum, "sprig crypto.go"},
    {"adler32sum", "string", adler32_sum, "sprig crypto.go"},

    // documents
    {"toYaml", "any", to_yaml, "helm funcs.go: sigs.k8s.io/yaml, no error"},
    {"mustToYaml", "any", must_to_yaml, "helm funcs.go"},
    {"toYamlPretty", "any", to_yaml_pretty, "helm funcs.go: yaml.v3, lists indented"},
    {"fromYaml", "string", from_yaml, "helm funcs.go: a map; the error under Error"},
    {"fromYamlArray", "string", from_yaml_array, "helm funcs.go: a list; the error as its item"},
    {"toJson", "any", to_json, "helm funcs.go"},
    {"mustToJson", "any", must_to_json, "helm funcs.go"},
    {"toPrettyJson", "any", to_pretty_json, "sprig defaults.go"},
    {"mustToPrettyJson", "any", must_to_pretty_json, "sprig defaults.go"},
    {"toRawJson", "any", to_raw_json, "sprig defaults.go"},
    {"mustToRawJson", "any", must_to_raw_json, "sprig defaults.go"},
    {"fromJson", "string", from_json, "helm funcs.go: hides sprig's; maps only"},
    {"mustFromJson", "string", must_from_json, "sprig defaults.go"},
    {"fromJsonArray", "string", from_json_array, "helm funcs.go"},
    {"toToml", "any", to_toml, "helm funcs.go: the text of the error for what is no TOML"},
    {"mustToToml", "any", must_to_toml, "helm funcs.go: since 4.2"},
    {"fromToml", "string", from_toml, "helm funcs.go: the error under Error"},

    // network and paths
    {"getHostByName", "string", get_host_by_name, "helm engine.go: empty unless DNS is enabled"},
    {"urlParse", "string", url_parse, "sprig url.go"},
    {"urlJoin", "map[string]any", url_join, "sprig url.go"},
    {"base", "string", path_base, "path.Base"},
    {"dir", "string", path_dir, "path.Dir"},
    {"clean", "string", path_clean, "path.Clean"},
    {"ext", "string", path_ext, "path.Ext"},
    {"isAbs", "string", path_is_abs, "path.IsAbs"},
    {"osBase", "string", path_base, "filepath.Base"},
    {"osDir", "string", path_dir, "filepath.Dir"},
    {"osClean", "string", path_clean, "filepath.Clean"},
    {"osExt", "string", path_ext, "filepath.Ext"},
    {"osIsAbs", "string", path_is_abs, "filepath.IsAbs"},

    // random
    {"randAlphaNum", "int", rand_alpha_num, "goutils: at least one digit"},
    {"randAlpha", "int", rand_alpha, "goutils"},
    {"randAscii", "int", rand_ascii, "goutils"},
    {"randNumeric", "int", rand_numeric, "goutils"},
    {"randBytes", "int", rand_bytes, "sprig crypto.go: base64"},
    {"randInt", "int, int", rand_int, "sprig functions.go"},
    {"shuffle", "string", shuffle, "xstrings.Shuffle"},
    {"uuidv4", "", uuidv4, "sprig crypto.go"},

    // passwords, keys and certificates
    {"bcrypt", "string", bcrypt, "sprig crypto.go: cost 10"},
    {"htpasswd", "string, string", htpasswd, "sprig crypto.go: bcrypt"},
    {"derivePassword", "uint32, string, string, string, string", derive_password, "sprig crypto.go: masterpassword"},
    {"encryptAES", "string, string", encrypt_aes, "sprig crypto.go: CBC"},
    {"decryptAES", "string, string", decrypt_aes, "sprig crypto.go: CBC"},
    {"genPrivateKey", "string", gen_private_key, "sprig crypto.go"},
    {"buildCustomCert", "string, string", build_custom_cert, "sprig crypto.go: from base64"},
    {"genCA", "string, int", gen_ca, "sprig crypto.go"},
    {"genCAWithKey", "string, int, string", gen_ca_with_key, "sprig crypto.go"},
    {"genSelfSignedCert", "string, []any, []any, int", gen_self_signed_cert, "sprig crypto.go"},
    {"genSelfSignedCertWithKey", "string, []any, []any, int, string", gen_self_signed_cert_with_key, "sprig crypto.go"},
    {"genSignedCert", "string, []any, []any, int, sprig.certificate", gen_signed_cert, "sprig crypto.go"},
    {"genSignedCertWithKey", "string, []any, []any, int, sprig.certificate, string", gen_signed_cert_with_key, "sprig crypto.go"},
};

// What came with Helm 4.2.
bool is_new_in_42(const Function& row) { return row.name == "mustToToml"; }

std::vector<Function> rows_of_41() {
  std::vector<Function> out;
  for (const Function& row : kFunctions)
    if (!is_new_in_42(row)) out.push_back(row);
  return out;
}

}  // namespace

const FunctionTable& helm_functions(int helm) {
  static const std::vector<Function> rows_41 = rows_of_41();
  static const FunctionTable table_41({rows_41});
  static const FunctionTable table_42({kFunctions});
  return helm < 42 ? table_41 : table_42;
}

std::span<const Function> helm_function_rows() { return kFunctions; }

}  // namespace taut::gotmpl
