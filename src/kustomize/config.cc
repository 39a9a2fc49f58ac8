#include "kustomize/config.hh"

#include <algorithm>

#include "base/strings.hh"
#include "embedded/kustomize_fieldspecs.hh"
#include "kustomize/kustomize_yaml.hh"
#include "kustomize/types.hh"

namespace taut::kustomize {
namespace {

struct Row {
  std::string_view name;   // of the field
  std::string_view title;  // in messages
  FieldSpecs TransformerConfig::*specs;
};
// In the order in which upstream merges them.
constexpr Row kRows[] = {
    {"namePrefix", "NamePrefix", &TransformerConfig::name_prefix},
    {"nameSuffix", "NameSuffix", &TransformerConfig::name_suffix},
    {"namespace", "NameSpace", &TransformerConfig::name_space},
    {"commonAnnotations", "CommonAnnotations", &TransformerConfig::common_annotations},
    {"commonLabels", "CommonLabels", &TransformerConfig::common_labels},
    {"labels", "Labels", &TransformerConfig::labels},
    {"templateLabels", "TemplateLabels", &TransformerConfig::template_labels},
    {"varReference", "VarReference", &TransformerConfig::var_reference},
    {"images", "Images", &TransformerConfig::images},
    {"replicas", "Replicas", &TransformerConfig::replicas},
};

void sort_config(TransformerConfig& config) {
  for (const Row& row : kRows) sort_field_specs(config.*row.specs);
  sort_by_gvk(config.name_reference, &NameReference::target);
}

Status merge_reference(std::vector<NameReference>& list, const NameReference& more) {
  bool found = false;
  for (NameReference& known : list) {
    if (known.target != more.target) continue;
    TAUT_TRY(merge_field_specs(known.referrers, more.referrers));
    found = true;
  }
  if (!found) list.push_back(more);
  return {};
}

Status wrap(Status status, std::string_view title) {
  if (status) return {};
  return fail(Code::kConflict, "failed to merge {} fieldSpec: {}", title, status.error().message());
}

// The table of data/kustomize/fieldspecs.txt, whose head tells how it is written. Every build reads it, so it is no YAML.
class TableReader {
 public:
  TransformerConfig read(std::string_view table) {
    for (std::string_view line : split(table, '\n')) {
      if (line.empty() || line[0] == '#') continue;
      if (line[0] == ' ') list_->push_back(spec(line.substr(2)));
      else begin_list(line);
    }
    sort_config(config_);
    return std::move(config_);
  }

 private:
  // Cut off the front; "-" is empty.
  static std::string word(std::string_view& line) {
    std::string_view out = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(out.size() + 1, line.size()));
    return std::string(out == "-" ? "" : out);
  }
  static Gvk gvk(std::string_view& line) {
    Gvk out;
    out.group = word(line), out.version = word(line), out.kind = word(line);
    return out;
  }
  static FieldSpec spec(std::string_view line) {
    FieldSpec out;
    out.path = word(line);
    out.gvk = gvk(line);
    out.create = line == "create";
    return out;
  }
  void begin_list(std::string_view line) {
    std::string name = word(line);
    for (const Row& row : kRows)
      if (row.name == name) list_ = &(config_.*row.specs);
    if (name != "nameReference") return;
    config_.name_reference.push_back({gvk(line), {}});
    list_ = &config_.name_reference.back().referrers;
  }

  TransformerConfig config_;
  FieldSpecs* list_ = nullptr;
};

// Definitions by name, walked along their references.
class CrdReader {
 public:
  explicit CrdReader(const Value& definitions) : definitions_(definitions) {}

  Result<TransformerConfig> read() {
    for (const Entry& entry : definitions_.entries()) {
      const Value& properties = entry.value["Schema"]["properties"];
      if (!properties.contains("kind") || !properties.contains("apiVersion") || !properties.contains("metadata"))
        continue;
      size_t dot = entry.key().rfind('.');
      gvk_.kind = std::string(dot == std::string_view::npos ? entry.key() : entry.key().substr(dot + 1));
      TransformerConfig one;
      TAUT_TRY(load(entry.key(), "", one, 0));
      TAUT_TRY(config_.merge(one));
    }
    return std::move(config_);
  }

 private:
  Status load(std::string_view type, const std::string& path, TransformerConfig& config, int depth) {
    if (depth > kMaxDepth) return fail(Code::kLimit, "definitions of '{}' refer to themselves", type);
    for (const Entry& entry : definitions_[type]["Schema"]["properties"].entries()) {
      std::string field = path.empty() ? entry.name.str() : path + "/" + entry.name.str();
      TAUT_TRY(load_property(entry.value, field, config));
      std::string_view reference = entry.value["$ref"].as_string();
      if (!reference.empty()) TAUT_TRY(load(reference, field, config, depth + 1));
    }
    return {};
  }

  Status load_property(const Value& property, const std::string& field, TransformerConfig& config) {
    FieldSpec spec{gvk_, field, false};
    if (property["x-kubernetes-annotation"].is_string())
      TAUT_TRY(merge_field_spec(config.common_annotations, spec));
    if (property["x-kubernetes-label-selector"].is_string()) TAUT_TRY(merge_field_spec(config.common_labels, spec));
    if (property["x-kubernetes-identity"].is_string()) TAUT_TRY(merge_field_spec(config.name_prefix, spec));
    const Value& version = property["x-kubernetes-object-ref-api-version"];
    const Value& kind = property["x-kubernetes-object-ref-kind"];
    if (!version.is_string() || !kind.is_string()) return {};
    const Value& key = property["x-kubernetes-object-ref-name-key"];
    spec.path = field + "/" + (key.is_string() ? key.str() : "name");
    return merge_reference(config.name_reference, {{"", version.str(), kind.str()}, {spec}});
  }

  static constexpr int kMaxDepth = 100;
  const Value& definitions_;
  Gvk gvk_;
  TransformerConfig config_;
};

}  // namespace

Result<TransformerConfig> TransformerConfig::parse(std::string_view text) {
  TAUT_ASSIGN(Value config, yaml_unmarshal(text, types::kTransformerConfig, {.strict = true, .coerce = true}));
  TransformerConfig out;
  for (const Row& row : kRows) out.*row.specs = field_specs(config[row.name]);
  for (const Value& item : config["nameReference"].items())
    out.name_reference.push_back(
        {{item["group"].str(), item["version"].str(), item["kind"].str()}, field_specs(item["fieldSpecs"])});
  sort_config(out);
  return out;
}

const TransformerConfig& TransformerConfig::builtin() {
  static const TransformerConfig config = TableReader().read(embedded::kustomize_fieldspecs());
  return config;
}

Status TransformerConfig::merge(const TransformerConfig& more) {
  for (const Row& row : kRows) TAUT_TRY(wrap(merge_field_specs(this->*row.specs, more.*row.specs), row.title));
  for (const NameReference& reference : more.name_reference)
    TAUT_TRY(wrap(merge_reference(name_reference, reference), "NameReference"));
  sort_config(*this);
  return {};
}

bool TransformerConfig::empty() const {
  for (const Row& row : kRows)
    if (!(this->*row.specs).empty()) return false;
  return name_reference.empty();
}

Result<TransformerConfig> config_of_crds(std::string_view text) {
  TAUT_ASSIGN(Value definitions, read_crd_definitions(text));
  return CrdReader(definitions).read();
}

}  // namespace taut::kustomize
