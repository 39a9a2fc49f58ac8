// list and clusters.
#include <map>

#include "base/base64.hh"
#include "dialect/argo/appset/generator_kinds.hh"
#include "dialect/argo/appset/parameters.hh"
#include "dialect/argo/appset/selector.hh"
#include "object/id.hh"
#include "object/selector.hh"
#include "value/go_text.hh"
#include "yaml/reader.hh"

namespace taut::argo::appset {
namespace {

constexpr std::string_view kInCluster = "in-cluster";
constexpr std::string_view kSecretType = "argocd.argoproj.io/secret-type";
constexpr std::string_view kInClusterServer = "https://kubernetes.default.svc";

// {"a": "x", "values": {"b": "y"}} as {"a": "x", "values.b": "y"}.
Result<Value> flat_element(const Value& element) {
  Value out = Value::map({});
  for (const auto& [key, value] : element.entries()) {
    if (key.as_string() == "values") {
      if (!value.is_map()) return fail(Code::kInvalid, "error parsing values map");
      for (const auto& [name, text] : value.entries()) {
        if (!text.is_string()) return fail(Code::kInvalid, "error parsing value as string %!w(<nil>)");
        out.set("values." + std::string(name.as_string()), text);
      }
      continue;
    }
    if (!value.is_string()) return fail(Code::kInvalid, "error parsing value as string %!w(<nil>)");
    out.set(key.as_string(), value);
  }
  return out;
}

std::string data_of(const Value& secret, std::string_view key) {
  return base64_decode(secret["data"][key].as_string()).value_or("");
}

// Without keys that have no name: Go's nil maps are not set.
Value metadata_of(const Value& secret) {
  Value out = Value::map({});
  for (std::string_view part : {"annotations", "labels"})
    if (!secret["metadata"][part].empty()) out.set(part, secret["metadata"][part]);
  return out;
}

Value of_cluster(const Value& secret, bool go_template) {
  std::string name = data_of(secret, "name");
  Value out = Value::map({{"name", name}, {"nameNormalized", normalized_name(name)}, {"server", data_of(secret, "server")},
                          {"project", data_of(secret, "project")}});
  if (go_template) {
    out.set("metadata", metadata_of(secret));
    return out;
  }
  for (std::string_view part : {"annotations", "labels"})
    for (const auto& [key, value] : secret["metadata"][part].entries())
      out.set(fmt::format("metadata.{}.{}", part, key.as_string()), value);
  return out;
}

}  // namespace

Failure empty_generator() { return fail(Code::kInvalid, "ApplicationSet is empty"); }

Result<ParameterSets> list_parameters(const Value& list, const Value& application_set, World&) {
  bool go_template = application_set["spec"]["goTemplate"].as_bool();
  ParameterSets out;
  for (const Value& element : list["elements"].items()) {
    if (go_template) {
      out.push_back(element);
      continue;
    }
    TAUT_ASSIGN(Value flat, flat_element(element));
    out.push_back(std::move(flat));
  }
  std::string_view more = list["elementsYaml"].as_string();
  if (more.empty()) return out;
  auto document = parse_yaml_document(more, {.reject_duplicate_keys = false});
  if (!document) return fail(Code::kInvalid, "error unmarshling decoded ElementsYaml error converting YAML to JSON: {}", document.error().message());
  if (!document->root.is_list() && !document->root.is_null())
    return fail(Code::kInvalid, "error unmarshling decoded ElementsYaml error unmarshaling JSON: while decoding JSON: json: cannot "
                                "unmarshal {} into Go value of type []map[string]interface {{}}", go_json_kind(document->root));
  for (const Value& element : document->root.items()) {
    if (!element.is_map() && !element.is_null())
      return fail(Code::kInvalid, "error unmarshling decoded ElementsYaml error unmarshaling JSON: while decoding JSON: json: cannot "
                                  "unmarshal {} into Go value of type map[string]interface {{}}", go_json_kind(element));
    out.push_back(element.is_map() ? element : Value::map({}));
  }
  return out;
}

Result<ParameterSets> cluster_parameters(const Value& clusters, const Value& application_set, World& world) {
  Language language = Language::of(application_set);
  Value selector = clusters["selector"];
  bool selective = !selector["matchLabels"].empty() || !selector["matchExpressions"].empty();
  // Whatever is asked for: what marks the Secrets of clusters is set.
  if (selector["matchLabels"].find(kSecretType)) selector.edit("matchLabels").set(kSecretType, "cluster");
  if (auto checked = check_label_selector(selector); !checked)
    return fail(checked.error().code(), "error getting cluster secrets: error converting label selector: {}", checked.error().message());
  auto secrets = world.cluster_secrets();
  if (!secrets) return fail(secrets.error().code(), "error getting cluster secrets: {}", secrets.error().message());
  TAUT_ASSIGN(auto wanted, LabelSelector::of(selector));
  std::map<std::string, Value> by_name;
  for (const Value& secret : *secrets)
    if (wanted.matches(secret["metadata"]["labels"])) by_name.insert_or_assign(data_of(secret, "name"), secret);
  ParameterSets out;
  bool local = selective;
  auto add = [&](Value parameters, std::string_view what) -> Status {
    if (auto added = add_values(clusters["values"], parameters, language); !added)
      return fail(added.error().code(), "error appending templated values for {}: {}", what, added.error().message());
    out.push_back(std::move(parameters));
    return {};
  };
  for (const auto& [name, secret] : by_name) {
    local = local || data_of(secret, "server") == kInClusterServer;
    TAUT_TRY(add(of_cluster(secret, language.go_template), "cluster"));
  }
  if (!local)
    TAUT_TRY(add(Value::map({{"name", kInCluster}, {"nameNormalized", kInCluster}, {"server", kInClusterServer}, {"project", ""}}),
                 "local cluster"));
  if (!clusters["flatList"].as_bool()) return out;
  Value all = Value::list();
  for (Value& parameters : out) all.push_back(std::move(parameters));
  return ParameterSets{Value::map({{"clusters", all}})};
}

}  // namespace taut::argo::appset
