// All template functions of Sprig 3.3 and Helm 4, by topic; table.cc gives them their names and parameters.
//
// Each is called with arguments that fit its row in the table. Errors are what the Go function returns or panics with,
// in its words.
#pragma once

#include "lang/gotmpl/function.hh"

namespace taut::gotmpl::funcs {

using Run = Result<Value>(Call&);

// strings.cc
Run hello, trim, upper, lower, title, untitle, substr, trunc, repeat, trim_all, trim_suffix, trim_prefix, no_space,
    initials, swap_case, snake_case, camel_case, kebab_case, abbrev, abbrev_both, wrap, wrap_with, contains, has_prefix,
    has_suffix, quote, squote, cat, indent, nindent, replace, plural, to_string, to_strings, split, split_list, splitn,
    join, sort_alpha;

// numbers.cc, floats.cc
Run atoi, to_int, to_int64, to_float64, to_decimal, seq, until, until_step, add1, add, sub, div, mod, mul, max, min;
Run add1f, addf, subf, divf, mulf, maxf, minf, ceil, floor, round;

// lists.cc
Run list, push, prepend, first, rest, last, initial, reverse, uniq, without, has, slice, concat, chunk, compact;

// dicts.cc, merge.cc
Run dict, get, set, unset, has_key, pluck, keys, values, pick, omit, dig, deep_copy;
Run merge, merge_overwrite;

// flow.cc
Run default_value, empty, coalesce, all, any, ternary, fail_with, required, include, tpl, lookup;

// reflection.cc
Run type_of, type_is, type_is_like, kind_of, kind_is, deep_equal_values;

// regexes.cc
Run regex_match, regex_find, regex_find_all, regex_replace_all, regex_replace_all_literal, regex_split, must_regex_match,
    must_regex_find, must_regex_find_all, must_regex_replace_all, must_regex_replace_all_literal, must_regex_split,
    regex_quote_meta;

// semvers.cc
Run semver, semver_compare;

// dates.cc
Run ago, date, date_in_zone, date_modify, must_date_modify, duration, duration_round, html_date, html_date_in_zone, now,
    to_date, must_to_date, unix_epoch;

// encoding.cc
Run base64_encoded, base64_decoded, base32_encoded, base32_decoded, adler32_sum, sha1_sum, sha256_sum, sha512_sum;

// documents.cc, tomls.cc
Run to_yaml, must_to_yaml, to_yaml_pretty, from_yaml, from_yaml_array, to_json, must_to_json, to_pretty_json,
    must_to_pretty_json, to_raw_json, must_to_raw_json, from_json, must_from_json, from_json_array;
Run to_toml, must_to_toml, from_toml;

// network.cc, paths.cc
Run get_host_by_name, url_parse, url_join;
Run path_base, path_dir, path_clean, path_ext, path_is_abs;

// random.cc
Run rand_alpha_num, rand_alpha, rand_ascii, rand_numeric, rand_bytes, rand_int, shuffle, uuidv4;

// passwords.cc, keys.cc, certificates.cc
Run bcrypt, htpasswd, derive_password, encrypt_aes, decrypt_aes;
Run gen_private_key;
Run build_custom_cert, gen_ca, gen_ca_with_key, gen_self_signed_cert, gen_self_signed_cert_with_key, gen_signed_cert,
    gen_signed_cert_with_key;

}  // namespace taut::gotmpl::funcs
