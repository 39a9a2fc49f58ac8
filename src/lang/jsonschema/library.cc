#include "lang/jsonschema/library.hh"

#include <algorithm>
#include <array>

#include "base/strings.hh"
#include "embedded/metaschemas.hh"
#include "value/json.hh"
#include "value/pointer.hh"

namespace taut::jsonschema {

namespace {

struct Draft {
  int number;
  std::string_view url;
};
constexpr std::array kDrafts = {
    Draft{4, "http://json-schema.org/draft-04/schema"},
    Draft{6, "http://json-schema.org/draft-06/schema"},
    Draft{7, "http://json-schema.org/draft-07/schema"},
    Draft{2019, "https://json-schema.org/draft/2019-09/schema"},
    Draft{2020, "https://json-schema.org/draft/2020-12/schema"},
};

std::string_view without_scheme(std::string_view url) {
  size_t slashes = url.find("://");
  return slashes == std::string_view::npos ? url : url.substr(slashes + 3);
}

std::string_view without_fragment(std::string_view url) { return url.substr(0, url.find('#')); }

// Where schemas stand below a schema: in a map of them, in a list, or by themselves.
constexpr std::array<std::string_view, 6> kMapsOfSchemas = {"$defs",      "definitions",  "dependencies",
                                                            "dependentSchemas", "patternProperties", "properties"};
constexpr std::array<std::string_view, 5> kListsOfSchemas = {"allOf", "anyOf", "items", "oneOf", "prefixItems"};
constexpr std::array<std::string_view, 12> kSchemas = {
    "additionalItems", "additionalProperties", "contains", "contentSchema", "else", "if",
    "items",           "not",                  "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties"};

std::string id_of(const Value& schema, int draft) {
  if (draft < 2019 && schema.contains("$ref")) return "";
  return schema[draft == 4 ? "id" : "$id"].str();
}

}  // namespace

int draft_of(std::string_view url) {
  size_t hash = url.find('#');
  if (hash != std::string_view::npos && hash + 1 < url.size()) return 0;
  std::string_view wanted = without_scheme(without_fragment(url));
  if (wanted == "json-schema.org/schema") return 2020;
  for (const Draft& draft : kDrafts) {
    if (without_scheme(draft.url) == wanted) return draft.number;
  }
  return 0;
}

std::string_view draft_url(int draft) {
  for (const Draft& d : kDrafts) {
    if (d.number == draft) return d.url;
  }
  return {};
}

std::string join_url(std::string_view base, std::string_view reference) {
  size_t colon = reference.find(':');
  if (colon != std::string_view::npos && reference.find('/') > colon) return std::string(reference);
  if (reference.empty()) return std::string(base);
  if (base.starts_with("urn:")) return std::string(reference);
  size_t scheme = base.find("://");
  size_t host_end = scheme == std::string_view::npos ? 0 : base.find('/', scheme + 3);
  if (host_end == std::string_view::npos) host_end = base.size();
  if (reference.starts_with("//")) return std::string(base.substr(0, base.find(':') + 1)) + std::string(reference);
  if (reference.starts_with('/')) return std::string(base.substr(0, host_end)) + std::string(reference);
  size_t slash = base.rfind('/');
  std::string out(base.substr(0, slash == std::string_view::npos || slash < host_end ? host_end : slash));
  for (std::string_view step : split(reference, '/')) {
    if (step == "..") {
      if (out.size() > host_end) out.resize(out.rfind('/'));
    } else if (step != ".") {
      out += '/';
      out += step;
    }
  }
  return out;
}

Resource& Root::resource_at(std::string_view pointer) {
  for (;;) {
    if (auto it = resources.find(std::string(pointer)); it != resources.end()) return it->second;
    size_t slash = pointer.rfind('/');
    if (slash == std::string_view::npos) return resources[""];
    pointer = pointer.substr(0, slash);
  }
}

Root* Library::find_root(std::string_view url) const {
  auto it = roots_.find(url);
  if (it != roots_.end()) return it->second.get();
  return base_ ? base_->find_root(url) : nullptr;
}

Status Library::add(std::string url, Value document) {
  auto root = std::make_unique<Root>();
  root->url = url;
  root->document = std::move(document);
  root->resources[""] = Resource{.url = url, .pointer = ""};
  TAUT_TRY(collect(*root, root->document, "", url, 2020));
  roots_[std::move(url)] = std::move(root);
  return {};
}

namespace {

// The schemes that helm has loaders for.
bool is_loadable(std::string_view url) {
  for (std::string_view scheme : {"file:", "http:", "https:", "urn:"})
    if (url.starts_with(scheme)) return true;
  return false;
}

}  // namespace

Status Library::collect(Root& root, const Value& schema, const std::string& pointer, const std::string& base_url,
                        int draft) {
  if (!schema.is_map()) return {};
  std::string id = id_of(schema, draft);
  if (const Value& named = schema["$schema"]; named.is_string() && (pointer.empty() || !id.empty())) {
    draft = draft_of(named.as_string());
    if (draft == 0) {
      const std::string url = quote(without_fragment(named.as_string()));
      if (!is_loadable(named.as_string())) return fail(Code::kInvalid, "failing loading {0}: no URLLoader registered for {0}", url);
      return fail(Code::kUnsupported, "failing loading {}: taut knows the drafts 4, 6, 7, 2019-09 and 2020-12 only", url);
    }
    id = id_of(schema, draft);
  }
  std::string url = base_url;
  if (std::string_view address = without_fragment(id); !address.empty()) url = join_url(base_url, address);
  if (pointer.empty() || url != base_url) {
    Resource& resource = root.resources[pointer];
    resource.url = url;
    resource.pointer = pointer;
    resource.draft = draft;
  }
  collect_anchors(root.resource_at(pointer), schema, pointer);
  return collect_children(root, schema, pointer, url, draft);
}

void Library::collect_anchors(Resource& resource, const Value& schema, const std::string& pointer) {
  if (resource.draft < 2019) {
    const Value& id = schema[resource.draft == 4 ? "id" : "$id"];
    std::string_view text = id.as_string(), before, anchor;
    if (!schema.contains("$ref") && cut(text, "#", before, anchor) && !anchor.empty() && anchor[0] != '/') {
      resource.anchors.emplace(anchor, pointer);
    }
    return;
  }
  if (schema["$anchor"].is_string()) resource.anchors.emplace(schema["$anchor"].str(), pointer);
  if (resource.draft >= 2020 && schema["$dynamicAnchor"].is_string()) {
    resource.anchors.emplace(schema["$dynamicAnchor"].str(), pointer);
    resource.dynamic_anchors.push_back(schema["$dynamicAnchor"].str());
  }
}

Status Library::collect_children(Root& root, const Value& schema, const std::string& pointer,
                                 const std::string& base_url, int draft) {
  for (std::string_view name : kMapsOfSchemas) {
    for (const Entry& entry : schema[name].entries()) {
      std::string at = fmt::format("{}/{}/{}", pointer, escape_pointer_step(name), escape_pointer_step(entry.key()));
      TAUT_TRY(collect(root, entry.value, at, base_url, draft));
    }
  }
  for (std::string_view name : kListsOfSchemas) {
    size_t index = 0;
    for (const Value& item : schema[name].items()) {
      TAUT_TRY(collect(root, item, fmt::format("{}/{}/{}", pointer, name, index++), base_url, draft));
    }
  }
  for (std::string_view name : kSchemas) {
    TAUT_TRY(collect(root, schema[name], fmt::format("{}/{}", pointer, name), base_url, draft));
  }
  return {};
}

const Library& metaschemas() {
  static const Library* library = [] {
    static Library out(nullptr);
    const Value all = parse_json(embedded::metaschemas()).value_or(Value::map());
    for (const Entry& entry : all.entries()) (void)out.add(entry.name.str(), entry.value);
    for (const Draft& draft : kDrafts) (void)out.compile(std::string(draft.url), "", true);
    return &out;
  }();
  return *library;
}

const Node* metaschema(int draft) {
  // Compiled already: this only looks it up.
  auto node = const_cast<Library&>(metaschemas()).compile(std::string(draft_url(draft)), "", true);
  return node ? *node : nullptr;
}

}  // namespace taut::jsonschema
