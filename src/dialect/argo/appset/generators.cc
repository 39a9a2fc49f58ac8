#include "dialect/argo/appset/generators.hh"

#include <array>

#include "dialect/argo/appset/generator_kinds.hh"
#include "dialect/argo/appset/parameters.hh"
#include "dialect/argo/appset/selector.hh"

namespace taut::argo::appset {
namespace {

struct Kind {
  std::string_view field;
  Result<ParameterSets> (*parameters)(const Value& block, const Value& application_set, World& world);
};

// In the order of the fields of an ApplicationSetGenerator.
constexpr std::array kKinds = {
    Kind{"list", list_parameters},      Kind{"clusters", cluster_parameters},
    Kind{"git", git_parameters},        Kind{"scmProvider", scm_parameters},
    Kind{"clusterDecisionResource", decision_parameters}, Kind{"pullRequest", pull_request_parameters},
    Kind{"matrix", matrix_parameters},  Kind{"merge", merge_parameters},
    Kind{"plugin", plugin_parameters},
};

// What a matrix fills into its second child. Values are filled where they can be: a name that only that child gives
// is left to it.
Result<Value> filled_child(const Value& generator, const Value& parameters, const Language& language) {
  Value out = Value::map({});
  for (const auto& [kind, block] : generator.entries()) {
    Value rest = block;
    Value values = block["values"];
    if (values.is_map()) rest.erase("values");
    auto filled = fill_all(rest, parameters, language);
    if (!filled) return fail(filled.error().code(), "failed to replace parameters in generator: {}", filled.error().message());
    Language strict = language;
    std::erase_if(strict.options, [](const std::string& option) { return option.starts_with("missingkey="); });
    if (language.go_template) strict.options.push_back("missingkey=error");
    for (const auto& [name, text] : values.entries()) {
      auto value = fill(text.as_string(), parameters, strict);
      bool missing = !value && (value.error().message().find("map has no entry for key") != std::string::npos ||
                                value.error().message().find("can't evaluate field") != std::string::npos);
      if (!value && !missing)
        return fail(value.error().code(), "failed to replace parameters in generator: failed to pre-resolve Values key \"{}\": {}",
                    name.as_string(), value.error().message());
      filled->edit("values").set(name.as_string(), value ? *value : text.str());
    }
    out.set(kind.as_string(), std::move(*filled));
  }
  return out;
}

// The generators that are set, each with its parameters, after the selector.
Result<std::vector<Generated>> run(const Value& generator, const Value& application_set, const Value& fill_with, World& world) {
  Language language = Language::of(application_set);
  const Value& base = application_set["spec"]["template"];
  std::vector<Generated> out;
  if (auto checked = check_selector(generator["selector"], "pod"); !checked)
    return fail(checked.error().code(), "error parsing label selector: {}", checked.error().message());
  for (const Kind& kind : kKinds) {
    const Value& block = generator[kind.field];
    if (!block.is_map()) continue;
    Value filled = block;
    if (!fill_with.empty()) {
      TAUT_ASSIGN(Value child, filled_child(Value::map({{kind.field, block}}), fill_with, language));
      filled = child[kind.field];
    }
    TAUT_ASSIGN(auto sets, kind.parameters(filled, application_set, world));
    Generated made;
    made.application = block["template"].is_map() ? block["template"] : Value::map({});
    merge_under(made.application, base);
    for (Value& set : sets) {
      if (selects(generator["selector"], flattened(set))) made.parameters.push_back(std::move(set));
    }
    out.push_back(std::move(made));
  }
  return out;
}

}  // namespace

Result<std::vector<Generated>> generate(const Value& generator, const Value& application_set, World& world) {
  return run(generator, application_set, Value(), world);
}

Result<ParameterSets> child_parameters(const Value& generator, const Value& application_set, const Value& parameters, World& world) {
  auto made = run(generator, application_set, parameters, world);
  if (!made) return fail(made.error().code(), "child generator returned an error on parameter generation: {}", made.error().message());
  if (made->empty()) return fail(Code::kInvalid, "child generator generated no parameters");
  if (made->size() > 1) return fail(Code::kInvalid, "found more than one generator in matrix.Generators");
  return std::move(made->front().parameters);
}

}  // namespace taut::argo::appset
