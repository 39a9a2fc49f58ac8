// Releases as JSON with the fields in the order of helm's Go structs, where Values have theirs sorted.
#include <algorithm>
#include <array>
#include <vector>

#include "base/strings.hh"
#include "cli/helm_release_print.hh"
#include "value/json.hh"

namespace taut::cli {
namespace {

struct Struct {
  std::string_view path;    // from the release; lists stand for their items
  std::string_view fields;  // in order, with blanks between
};

constexpr std::string_view kFile = "name data modtime";
constexpr std::string_view kDependency = "name version repository condition tags enabled import-values alias";
constexpr std::array<Struct, 12> kStructs = {{
    {"", "name info chart config manifest hooks version namespace apply_method"},
    {".info", "first_deployed last_deployed deleted description status notes resources"},
    {".hooks", "name kind path manifest events last_run weight delete_policies output_log_policies"},
    {".hooks.last_run", "started_at completed_at phase"},
    {".chart", "metadata lock templates values schema schemamodtime files modtime"},
    {".chart.templates", kFile},
    {".chart.files", kFile},
    {".chart.lock", "generated digest dependencies"},
    {".chart.lock.dependencies", kDependency},
    {".chart.metadata", "name home sources version description keywords maintainers icon apiVersion condition tags "
                        "appVersion deprecated annotations kubeVersion dependencies type"},
    {".chart.metadata.maintainers", "name email url"},
    {".chart.metadata.dependencies", kDependency},
}};

class Writer {
 public:
  void write(const Value& value, const std::string& path) {
    auto found = std::find_if(kStructs.begin(), kStructs.end(), [&](const Struct& s) { return s.path == path; });
    if (found == kStructs.end() || !(value.is_map() || value.is_list())) {
      append_json(value, out_, {.escape_html = true});
    } else if (value.is_list()) {
      write_list(value, path);
    } else {
      write_struct(value, path, found->fields);
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void write_list(const Value& list, const std::string& path) {
    out_ += '[';
    for (size_t i = 0; i < list.size(); ++i) {
      if (i > 0) out_ += ',';
      write(list[i], path);
    }
    out_ += ']';
  }

  void write_struct(const Value& map, const std::string& path, std::string_view fields) {
    const std::vector<std::string_view> order = split(fields, ' ');
    auto place = [&](const Entry* entry) { return std::find(order.begin(), order.end(), entry->key()) - order.begin(); };
    std::vector<const Entry*> entries;
    for (const Entry& entry : map.entries()) entries.push_back(&entry);
    std::stable_sort(entries.begin(), entries.end(), [&](const Entry* a, const Entry* b) { return place(a) < place(b); });
    out_ += '{';
    for (const Entry* entry : entries) {
      if (entry != entries.front()) out_ += ',';
      append_json_string(entry->key(), out_);
      out_ += ':';
      write(entry->value, path + '.' + std::string(entry->key()));
    }
    out_ += '}';
  }

  std::string out_;
};

}  // namespace

std::string release_json(const Value& release) {
  Writer writer;
  writer.write(release, "");
  return writer.take() + "\n";
}

}  // namespace taut::cli
