#include "cli/helm_release_resources.hh"

#include <algorithm>

#include "base/runes.hh"
#include "base/strings.hh"
#include "base/unicode.hh"
#include "base/url.hh"
#include "cli/output.hh"
#include "io/kube/cluster.hh"
#include "release/resources.hh"
#include "value/go_text.hh"

namespace taut::cli {
namespace {

constexpr const char* kTables =
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json";
constexpr std::string_view kRelated = "v1/Pod(related)";

std::vector<Value>& list_of(LiveResources& resources, std::string_view key) {
  auto found = std::find_if(resources.begin(), resources.end(), [&](const auto& entry) { return entry.first == key; });
  if (found == resources.end()) found = resources.insert(found, {std::string(key), {}});
  return found->second;
}

// The labels of a workload's pods, as its manifest has them; null for other kinds.
Value pod_labels(const Value& object) {
  const std::string_view kind = object["kind"].as_string();
  const Value& selector = object["spec"]["selector"];
  if (kind == "ReplicationController") return selector;
  for (std::string_view workload : {"ReplicaSet", "Deployment", "StatefulSet", "DaemonSet", "Job"}) {
    if (kind == workload) return selector["matchLabels"];
  }
  return {};
}

std::string selector_text(const Value& labels) {
  std::vector<std::string> out;
  for (const Entry& entry : labels.entries()) out.push_back(fmt::format("{}={}", entry.key(), entry.value.as_string()));
  std::sort(out.begin(), out.end());
  return join(out, ",");
}

std::string upper(std::string_view text) {
  std::string out;
  while (!text.empty()) out += rune_text(to_upper(take_rune(text)));
  return out;
}

// Prints Tables of the server one after the other, as kubectl does.
class TablePrinter {
 public:
  std::string print(const Value& object) {
    if (object["kind"].as_string() != "Table") return print_table(bare_table(object));
    return print_table(object);
  }

 private:
  // What kubectl shows of an object when the server makes no Table.
  static Value bare_table(const Value& object) {
    auto column = [](const char* name) { return Value::map({{"name", name}, {"type", "string"}}); };
    Value rows = Value::list();
    const Value one = Value::list({object});
    for (const Value& item : (object["items"].is_list() ? object["items"] : one).items()) {
      Value cells = Value::list({name_of(item), age(item["metadata"]["creationTimestamp"].as_string())});
      rows.push_back(Value::map({{"cells", std::move(cells)}}));
    }
    return Value::map({{"columnDefinitions", Value::list({column("Name"), column("Age")})}, {"rows", std::move(rows)}});
  }

  static std::string cell_text(const Value& cell) {
    if (cell.is_null()) return "";
    std::string text = cell.is_string() ? cell.str() : go_text(cell);
    const size_t line_end = cell.is_string() ? text.find_first_of("\f\n\r") : std::string::npos;
    if (line_end != std::string::npos) text = text.substr(0, line_end) + "...";
    return replace_all(text, "\x1b", "^[");
  }

  std::string print_table(const Value& table) {
    const Value& rows = table["rows"];
    if (rows.empty()) return "";
    const bool same = header_printed_ && table["columnDefinitions"] == columns_;
    columns_ = table["columnDefinitions"];
    header_printed_ = true;
    std::vector<std::vector<std::string>> lines;
    if (!same) lines.emplace_back();
    for (const Value& column : columns_.items()) {
      if (!same && is_shown(column)) lines[0].push_back(upper(column["name"].as_string()));
    }
    for (const Value& row : rows.items()) {
      std::vector<std::string>& line = lines.emplace_back();
      for (size_t i = 0; i < std::min(row["cells"].size(), columns_.size()); ++i) {
        if (is_shown(columns_[i])) line.push_back(cell_text(row["cells"][i]));
      }
    }
    return aligned(lines);
  }

  // Columns with a priority are for wide tables.
  static bool is_shown(const Value& column) { return column["priority"].as_int() == 0; }

  // Columns are at least six wide, with three blanks between; the last is not padded.
  static std::string aligned(const std::vector<std::vector<std::string>>& lines) {
    auto width_of = [](std::string_view text) {
      size_t out = 0;
      for (; !text.empty(); ++out) take_rune(text);
      return out;
    };
    std::vector<size_t> widths;
    for (const auto& line : lines) {
      widths.resize(std::max(widths.size(), line.size()), 6);
      for (size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], width_of(line[i]) + 3);
    }
    std::string out;
    for (const auto& line : lines) {
      for (size_t i = 0; i < line.size(); ++i) {
        out += line[i];
        if (i + 1 < line.size()) out.append(widths[i] - width_of(line[i]), ' ');
      }
      out += '\n';
    }
    return out;
  }

  Value columns_;
  bool header_printed_ = false;
};

}  // namespace

Result<LiveResources> live_resources(HelmCluster& cluster, const release::Release& release, bool tables) {
  release::Run run(cluster.world());
  TAUT_ASSIGN(release::Resources resources, release::build_resources(run, release.manifest, cluster.ns()));
  const std::string accept = tables ? kTables : "application/json";
  LiveResources out;
  std::vector<Value> selectors;  // whose pods are there already
  for (const release::Resource& resource : resources) {
    auto live = cluster.read(resource.ref, tables ? "?includeObject=None" : "", accept);
    if (!live) continue;
    const bool is_table = (*live)["kind"].as_string() == "Table";
    list_of(out, resource.ref.gvk.version + '/' + resource.ref.gvk.kind).push_back(std::move(*live));
    Value labels = pod_labels(resource.object);
    if (!labels.is_map() || std::find(selectors.begin(), selectors.end(), labels) != selectors.end()) continue;
    const std::string query = fmt::format("?{}labelSelector={}", is_table ? "includeObject=None&" : "",
                                          url_encode(selector_text(labels)));
    selectors.push_back(std::move(labels));
    auto pods = cluster.read({{"", "v1", "Pod"}, resource.ref.ns, ""}, query, is_table ? kTables : "application/json");
    if (pods) list_of(out, kRelated).push_back(std::move(*pods));
  }
  return out;
}

std::string resources_text(const LiveResources& resources) {
  if (resources.empty()) return "";
  std::string out = "RESOURCES:\n";
  TablePrinter printer;
  for (const auto& [key, objects] : resources) {
    out += fmt::format("==> {}\n", key);
    for (const Value& object : objects) out += printer.print(object);
    out += '\n';
  }
  return out + '\n';
}

Value resources_value(const LiveResources& resources) {
  Value out = Value::map();
  for (const auto& [key, objects] : resources) {
    Value list = Value::list();
    for (const Value& object : objects) list.push_back(object);
    out.set(key, std::move(list));
  }
  return out;
}

}  // namespace taut::cli
