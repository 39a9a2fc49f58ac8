// Printing of objects: -o yaml, json, name, wide.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "value/value.hh"

namespace taut::cli {

// `format` is "yaml" or "json". Several objects are printed as kubectl prints them: a v1 List.
void print_object(const Value& object, std::string_view format);
void print_objects(const std::vector<Value>& objects, std::string_view format);

// -o jsonpath=TEMPLATE: whether a format is that, and what kubectl prints then, of several objects of a v1 List. Fields
// that are missing give nothing.
bool is_json_path(std::string_view format);
Status print_json_path(const std::vector<Value>& objects, std::string_view format);

// "3m", "2h", "5d": the age of an RFC 3339 time, as kubectl's duration.HumanDuration; "<unknown>" for no time.
std::string age(std::string_view time);

}  // namespace taut::cli
