// Releases as helm prints them: tables, JSON and YAML.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/flags.hh"
#include "cli/helm_release_resources.hh"
#include "release/record.hh"

namespace taut::cli {

// -o table|json|yaml.
void declare_output(Flags& flags, std::string& format);

// Columns padded with blanks and a tab between, as helm's tables are.
std::string helm_table(const std::vector<std::vector<std::string>>& rows);

// An object whose fields come in this order in JSON, sorted in YAML, as Go's structs do.
using Fields = std::vector<std::pair<std::string_view, Value>>;
std::string fields_json(const Fields& fields);
// JSON on one line with <, > and & escaped, or YAML; a line feed at the end.
std::string encoded(const Value& value, std::string_view format);
std::string encoded(const std::vector<Fields>& rows, std::string_view format);
// A release in JSON on one line, with fields in the order of helm's structs; a line feed at the end.
std::string release_json(const Value& release);

// A time of a record in one of Go's layouts; "" gives Time.String(). "-" when there is none.
std::string shown_time(const std::string& recorded, std::string_view layout);
inline constexpr std::string_view kAnsic = "Mon Jan _2 15:04:05 2006";

struct StatusOptions {
  bool debug = false;     // values, hooks and manifest too
  bool metadata = false;  // the chart's name and versions
  bool hide_notes = false;
  const LiveResources* resources = nullptr;  // its objects in the cluster
};
// What `helm status` and helm install print about a release. Errors are those of merging its values.
Result<std::string> status_text(const release::Release& release, const StatusOptions& options);
// The same in the format asked for: "table", "json", "yaml".
int print_release(const release::Release& release, std::string_view format, const StatusOptions& options);

}  // namespace taut::cli
