#include "kustomize/replacement.hh"

#include <fmt/format.h>

#include <optional>

#include "base/strings.hh"
#include "kustomize/field_path.hh"
#include "kustomize/selector.hh"
#include "kustomize/structured_text.hh"
#include "yaml/reader.hh"
#include "yaml/spelling.hh"

namespace taut::kustomize {
namespace {

constexpr std::string_view kDefaultPath = "metadata.name";

// What is written: as text into scalars, as it is in place of lists and maps.
struct Replacement {
  Value node;
  std::string text;
};

Replacement as_replacement(const Value& node) {
  return {node, node.is_null() ? std::string("null") : yaml::scalar_text(node)};
}

struct FieldOptions {
  std::string delimiter;
  int64_t index = 0;
  bool create = false;

  explicit FieldOptions(const Value& config)
      : delimiter(config["delimiter"].str()),
        index(config["index"].as_int()),
        create(config["create"].as_bool()) {}

  std::string text() const {
    if (delimiter.empty() && !create) return {};
    return fmt::format("{}({}), create={}", delimiter, index, create);
  }
};

ResId id_of(const Value& selector) {
  Gvk gvk{selector["group"].str(), selector["version"].str(), selector["kind"].str()};
  return {std::move(gvk), selector["name"].str(), selector["namespace"].str()};
}

// Exactly what the selector names; what it leaves out matches anything.
bool selected_by(const ResId& id, const ResId& selector) {
  auto effective = [](const ResId& of) { return of.ns.empty() ? std::string_view("default") : std::string_view(of.ns); };
  return (selector.name.empty() || selector.name == id.name) &&
         (selector.ns.empty() || effective(selector) == effective(id)) && gvk_selected(id.gvk, selector.gvk);
}

std::vector<std::string> pieces(std::string_view text, std::string_view delimiter) {
  std::vector<std::string> out;
  for (;;) {
    size_t at = text.find(delimiter);
    out.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + delimiter.size());
  }
}

Failure no_scalar() { return fail(Code::kInvalid, "delimiter option can only be used with scalar nodes"); }

Result<Replacement> refine(const Value& value, const FieldOptions& options) {
  if (options.delimiter.empty()) return as_replacement(value);
  if (value.is_map() || value.is_list()) return no_scalar();
  std::string text = yaml::scalar_text(value);
  auto parts = pieces(text, options.delimiter);
  if (options.index < 0 || options.index >= static_cast<int64_t>(parts.size()))
    return fail(Code::kInvalid, "options.index {} is out of bounds for value {}", options.index, text);
  const std::string& part = parts[static_cast<size_t>(options.index)];
  return Replacement{yaml::make_scalar(yaml::scalar_type(value), part), part};
}

Create kind_of(const Replacement& value) {
  return value.node.is_map() ? Create::kMap : value.node.is_list() ? Create::kList : Create::kScalar;
}

void write_text(Value& target, const std::string& text, bool fresh) {
  target = fresh ? yaml::make_plain(text) : yaml::make_scalar(yaml::scalar_type(target), text);
}

// Replaces a field that was there, or one that was made for it.
Status write_field(Value& target, const Replacement& value, const FieldOptions& options) {
  bool scalar = !target.is_map() && !target.is_list();
  std::string text = value.text;
  if (!options.delimiter.empty()) {
    if (!scalar) return no_scalar();
    auto parts = pieces(target.is_null() ? std::string() : yaml::scalar_text(target), options.delimiter);
    if (options.index < 0) parts.insert(parts.begin(), text);
    else if (options.index >= static_cast<int64_t>(parts.size())) parts.push_back(text);
    else parts[static_cast<size_t>(options.index)] = text;
    text = join(parts, options.delimiter);
  }
  if (scalar) write_text(target, text, options.create && target.is_null());
  else target = value.node;
  return {};
}

std::string no_field(const std::string& path, bool create) {
  return fmt::format("unable to find {}field {} in replacement target", create ? "or create " : "", quote(path));
}

// Goes on into the first scalar on the path that holds YAML or JSON. False when there is none or nothing fits there.
bool write_structured(Value& object, std::span<const std::string> path, const Replacement& value, Create create) {
  for (size_t length = 1; length < path.size(); ++length) {
    auto found = find_field(object, path.first(length));
    if (!found || *found == nullptr || (*found)->is_map() || (*found)->is_list()) continue;
    Value scalar = **found;
    YamlOptions options{.schema = taut::Schema::kGoV3, .reject_duplicate_keys = false, .keep_spelling = true};
    std::string text = scalar.is_null() ? std::string() : yaml::scalar_text(scalar);
    if (!parse_yaml_document(text, options)) continue;
    auto edited = edit_structured_text(text, path.subspan(length), create, [&](Value& target) -> Status {
      if (target.is_map() || target.is_list()) target = value.node;
      else write_text(target, value.text, create != Create::kNothing && target.is_null());
      return {};
    });
    if (!edited) return false;
    bool done = false;
    auto written = visit_field_path(object, path.first(length), Create::kNothing, [&](Value& target) -> Status {
      if (!done && target.same(scalar)) {
        target = yaml::make_scalar(yaml::scalar_type(target), *edited);
        done = true;
      }
      return {};
    });
    return written && done;
  }
  return false;
}

class Replacer {
 public:
  Replacer(ResMap& resources, const ReplacementOptions& options)
      : resources_(resources), options_(options), ids_(resources.size()) {}

  Status apply(const Value& replacement) {
    const Value *source = replacement.find("source"), *given = replacement.find("sourceValue");
    const Value* targets = replacement.find("targets");
    bool nothing = (source == nullptr || source->is_null()) && (given == nullptr || given->is_null());
    if (nothing || targets == nullptr || targets->is_null())
      return fail(Code::kInvalid, "replacements must specify a source and at least one target");
    TAUT_ASSIGN(Replacement value, source_value(source, given));
    for (const Value& target : targets->items()) TAUT_TRY(write_target(target, value));
    return {};
  }

 private:
  Result<Replacement> source_value(const Value* source, const Value* given) {
    if (given != nullptr && !given->is_null()) {
      if (source != nullptr && !source->is_null())
        return fail(Code::kInvalid, "value and resource selectors are mutually exclusive");
      return Replacement{yaml::make_plain(given->as_string()), given->str()};
    }
    TAUT_ASSIGN(size_t index, one_source(*source));
    std::string path = (*source)["fieldPath"].str();
    if (path.empty()) path = kDefaultPath;
    auto found = find_field(resources_[index].object, split_field_path(path));
    if (!found) return fail(Error(found.error()).with_message("error looking up replacement source: " + found.error().message()));
    const Value* value = *found;
    if (value == nullptr || value->is_null() || ((value->is_map() || value->is_list()) && value->empty()))
      return fail(Code::kNotFound, "fieldPath `{}` is missing for replacement source {}", path, id_of(*source).to_string());
    return refine(*value, FieldOptions((*source)["options"]));
  }

  Result<size_t> one_source(const Value& source) {
    ResId selector = id_of(source);
    auto text = [&] {
      std::string out = selector.to_string(), path = source["fieldPath"].str();
      std::string options = FieldOptions(source["options"]).text();
      if (!path.empty()) out += ":" + path;
      return options.empty() ? out : out + ":" + options;
    };
    std::optional<size_t> match;
    for (size_t i = 0; i < resources_.size(); ++i) {
      for (const ResId& id : ids(i)) {
        if (!selected_by(id, selector)) continue;
        if (match) return fail(Code::kConflict, "multiple matches for selector {}", text());
        match = i;
        break;
      }
    }
    if (!match) return fail(Code::kNotFound, "nothing selected by {}", text());
    return *match;
  }

  // The current id and the earlier ones.
  const std::vector<ResId>& ids(size_t index) {
    auto& known = ids_[index];
    if (known.empty()) {
      const Resource& resource = resources_[index];
      known.push_back({resource.gvk(), resource.name(), resource.ns()});
      for (ResId& id : resource.previous_ids()) known.push_back(std::move(id));
    }
    return known;
  }

  // A selector of a target: of ids by regular expression, of labels and annotations.
  struct TargetSelector {
    Selector by_id, by_labels;
    ResId exact;
    bool any_id = true, any_labels = true;
  };

  Result<TargetSelector> compile(const Value& config) {
    TargetSelector out;
    out.exact = id_of(config);
    out.any_id = out.exact.gvk == Gvk() && out.exact.name.empty() && out.exact.ns.empty();
    out.any_labels = config["labelSelector"].empty() && config["annotationSelector"].empty();
    Value id_only = config, labels_only = Value::map();
    for (std::string_view field : {"labelSelector", "annotationSelector"}) {
      if (const Value* text = config.find(field)) labels_only.set(field, *text);
      id_only.erase(field);
    }
    auto labels = Selector::of(labels_only);
    if (!labels) return fail(labels.error());
    out.by_labels = std::move(*labels);
    if (options_.exact) return out;
    auto by_id = Selector::of(id_only);
    if (!by_id)
      return fail(Error(by_id.error()).with_message("error creating target selector: " + by_id.error().message()));
    out.by_id = std::move(*by_id);
    return out;
  }

  bool selects(const TargetSelector& selector, const ResId& id) const {
    return options_.exact ? selected_by(id, selector.exact) : selector.by_id.matches_id(id);
  }

  Status write_target(const Value& target, const Replacement& value) {
    if (!target["select"].is_map()) return fail(Code::kInvalid, "target must specify resources to select");
    TAUT_ASSIGN(TargetSelector select, compile(target["select"]));
    std::vector<TargetSelector> rejects;
    for (const Value& reject : target["reject"].items()) {
      TAUT_ASSIGN(TargetSelector compiled, compile(reject));
      rejects.push_back(std::move(compiled));
    }
    for (size_t i = 0; i < resources_.size(); ++i) {
      TAUT_ASSIGN(bool wanted, is_target(i, select, rejects));
      if (wanted) TAUT_TRY(write_resource(i, target, value));
    }
    return {};
  }

  Result<bool> is_target(size_t index, const TargetSelector& select, const std::vector<TargetSelector>& rejects) {
    TAUT_ASSIGN(bool labelled, select.by_labels.matches(resources_[index]));
    if (!labelled) return false;
    for (const TargetSelector& reject : rejects) {
      if (reject.any_labels) continue;
      TAUT_ASSIGN(bool rejected, reject.by_labels.matches(resources_[index]));
      if (rejected) return false;
    }
    bool selected = false;
    for (const ResId& id : ids(index)) {
      for (const TargetSelector& reject : rejects)
        if (!reject.any_id && selects(reject, id)) return false;
      selected = selected || selects(select, id);
    }
    return selected;
  }

  Status write_resource(size_t index, const Value& target, const Replacement& value) {
    std::vector<std::string> paths;
    for (const Value& path : target["fieldPaths"].items()) paths.push_back(path.str());
    if (paths.empty()) paths.emplace_back(kDefaultPath);
    FieldOptions options(target["options"]);
    Value& object = resources_[index].object;
    ids_[index].clear();
    for (const std::string& path : paths) TAUT_TRY(write_path(object, path, value, options));
    return {};
  }

  Status write_path(Value& object, const std::string& path, const Replacement& value, const FieldOptions& options) {
    auto parts = split_field_path(path);
    Create create = options.create ? kind_of(value) : Create::kNothing;
    if (!options_.exact && write_structured(object, parts, value, create)) return {};
    std::optional<Error> refused;
    auto count = visit_field_path(object, parts, create, [&](Value& field) -> Status {
      auto written = write_field(field, value, options);
      if (!written) refused = written.error();
      return written;
    });
    if (refused) return fail(*refused);
    if (!count) return fail(Error(count.error()).with_message(no_field(path, options.create) + ": " + count.error().message()));
    if (*count == 0) return fail(Code::kNotFound, "{}", no_field(path, options.create));
    return {};
  }

  ResMap& resources_;
  const ReplacementOptions& options_;
  std::vector<std::vector<ResId>> ids_;
};

}  // namespace

Status apply_replacements(ResMap& resources, const Value& replacements, const ReplacementOptions& options) {
  Replacer replacer(resources, options);
  for (const Value& replacement : replacements.items()) TAUT_TRY(replacer.apply(replacement));
  resources.changed();
  return {};
}

}  // namespace taut::kustomize
