#include "dialect/argo/appset/applications.hh"

#include <algorithm>

#include "base/strings.hh"
#include "object/id.hh"
#include "value/json.hh"
#include "yaml/reader.hh"

namespace taut::argo::appset {
namespace {

constexpr std::string_view kFinalizer = "resources-finalizer.argocd.argoproj.io";

// What of the template goes into an Application.
Value template_of(const Value& generated) {
  Value metadata = Value::map({});
  for (std::string_view field : {"name", "namespace", "labels", "annotations", "finalizers"})
    if (const Value* value = generated["metadata"].find(field)) metadata.set(field, *value);
  return Value::map({{"apiVersion", "argoproj.io/v1alpha1"}, {"kind", "Application"}, {"metadata", metadata},
                     {"spec", generated["spec"].is_map() ? generated["spec"] : Value::map({})}});
}

constexpr std::string_view kDeleteFromList = "$deleteFromPrimitiveList/";

bool holds(const Value& list, const Value& item) {
  return std::ranges::any_of(list.items(), [&](const Value& held) { return held == item; });
}

// A merge of lists of texts as apimachinery orders it: both orders are kept, and what is new comes before what is not
// in the patch.
Value merged_texts(const Value& list, const Value& patch) {
  auto place = [&](const Value& item) {
    auto found = std::ranges::find(list.items(), item);
    return found == list.items().end() ? -1 : found - list.items().begin();
  };
  Value out = Value::list();
  size_t at = 0;
  for (const Value& item : patch.items()) {
    for (; at < list.size() && (holds(patch, list[at]) || static_cast<int64_t>(at) < place(item)); ++at)
      if (!holds(patch, list[at])) out.push_back(list[at]);
    if (!holds(out, item)) out.push_back(item);
  }
  for (; at < list.size(); ++at)
    if (!holds(patch, list[at])) out.push_back(list[at]);
  return out;
}

Value without_texts(const Value& list, const Value& gone) {
  Value out = Value::list();
  for (const Value& item : list.items())
    if (!holds(gone, item)) out.push_back(item);
  return out;
}

// A strategic merge as apimachinery does it on Go's Application: lists are replaced, but for finalizers, which are
// added to; `$patch: delete` and `replace` on maps.
void apply(Value& into, const Value& patch) {
  std::string_view directive = patch["$patch"].as_string();
  if (directive == "replace" || directive == "delete") {
    into = Value::map({});
    if (directive == "delete") return;
  }
  for (const auto& [key, value] : patch.entries()) {
    std::string_view name = key.as_string();
    if (name == "$patch" || name.starts_with("$setElementOrder/")) continue;
    if (name.starts_with(kDeleteFromList)) {
      std::string_view field = name.substr(kDeleteFromList.size());
      if (into[field].is_list()) into.set(field, without_texts(into[field], value));
    } else if (value.is_null() || (value.is_map() && value["$patch"].as_string() == "delete")) {
      into.erase(name);
    } else if (value.is_map()) {
      Value merged = into[name].is_map() ? into[name] : Value::map({});
      apply(merged, value);
      into.set(name, std::move(merged));
    } else if (name == "finalizers" && into[name].is_list() && value.is_list()) {
      into.set(name, merged_texts(into[name], value));
    } else {
      into.set(name, value);
    }
  }
}

}  // namespace

Result<Value> render_application(const Value& application, const Value& sync_policy, const Value& parameters, const Language& language) {
  if (parameters.empty()) return application;
  TAUT_ASSIGN(Value out, fill_all(application, parameters, language));
  if (!sync_policy["preserveResourcesOnDeletion"].as_bool() && out["metadata"]["finalizers"].empty())
    out.edit("metadata").set("finalizers", Value::list({kFinalizer}));
  return out;
}

Result<Value> patch_application(const Value& application, std::string_view patch) {
  if (trim(patch).starts_with('{')) {
    // Taken for JSON by its first character, and for nothing else then.
    if (auto read = parse_json(patch); !read) return fail(Code::kInvalid, "invalid templatePatch {}: {}", quote(patch), read.error().message());
  }
  auto document = parse_yaml_document(patch, {.reject_duplicate_keys = false});
  if (!document) return fail(Code::kInvalid, "error while converting template to json {}: {}", quote(patch), document.error().message());
  const Value& root = document->root;
  if (!root.is_map() && !root.is_null())
    return fail(Code::kInvalid, "invalid templatePatch {}: json: cannot unmarshal {} into Go value of type v1alpha1.Application",
                quote(to_json(root, {.escape_html = true})), root.is_list() ? "array" : root.is_string() ? "string" : root.is_bool() ? "bool" : "number");
  Value out = application;
  apply(out, document->root);
  if (const Value* project = application["spec"].find("project"))
    out.edit("spec").set("project", *project);
  return out;
}

Applications applications_of(const Value& application_set, World& world) {
  Applications out;
  const Value& spec = application_set["spec"];
  Language language = Language::of(application_set);
  auto note = [&](const Error& error, std::string_view reason) {
    if (out.error) return;
    out.error = error;
    out.reason = reason;
  };
  for (const Value& generator : spec["generators"].items()) {
    auto generated = generate(generator, application_set, world);
    if (!generated) {
      note(generated.error(), "ApplicationGenerationFromParamsError");
      continue;
    }
    for (const Generated& made : *generated) {
      Value base = template_of(made.application);
      for (const Value& parameters : made.parameters) {
        auto application = render_application(base, spec["syncPolicy"], parameters, language);
        if (application && spec["templatePatch"].is_string()) {
          auto patch = fill(spec["templatePatch"].as_string(), parameters, language);
          if (patch)
            application = patch_application(*application, *patch);
          else
            application = fail(patch.error().code(), "error replacing values in templatePatch: {}", patch.error().message());
        }
        if (!application) {
          note(application.error(), "RenderTemplateParamsError");
          continue;
        }
        application->edit("metadata").set("namespace", namespace_of(application_set));
        out.list.push_back(std::move(*application));
      }
    }
  }
  return out;
}

}  // namespace taut::argo::appset
