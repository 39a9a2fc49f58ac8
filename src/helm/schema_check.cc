#include "helm/schema_check.hh"

#include "helm/go_values.hh"

namespace taut::helm {

namespace {

constexpr std::string_view kPrefix = "jsonschema validation failed with 'file:///values.schema.json#'\n";

void check_tree(const ReleaseChart& chart, const Value& values, RenderCache& cache, std::string& out) {
  if (chart.chart->schema) {
    if (std::string wrong = schema_problem(*chart.chart->schema, values, cache); !wrong.empty()) {
      out += chart.name + ":\n" + wrong;
    }
  }
  for (const ReleaseChart& child : chart.charts) {
    const Value* own = values.find(child.name);
    if (!own || own->is_null()) continue;
    if (own->is_map()) {
      check_tree(child, *own, cache, out);
    } else {
      out += fmt::format("{}:\ninvalid type for values: expected object (map), got {}\n", child.name,
                         go_type_name(*own));
    }
  }
}

}  // namespace

std::string schema_problem(const std::string& schema_text, const Value& values, RenderCache& cache) {
  auto schema = cache.schema(schema_text);
  if (!schema) {
    const std::string& message = schema.error().message();
    // Go's stream decoder has words of its own for a text that ends early.
    return message == "unexpected end of JSON input" ? (schema_text.empty() ? "EOF" : "unexpected EOF") : message;
  }
  auto failure = schema->check(values);
  if (!failure) return "";
  std::string text = failure->text();
  return (text.starts_with(kPrefix) ? text.substr(kPrefix.size()) : text) + "\n";
}

bool has_schema(const ReleaseChart& chart) {
  if (chart.chart->schema) return true;
  for (const ReleaseChart& child : chart.charts) {
    if (has_schema(child)) return true;
  }
  return false;
}

Status check_schemas(const ReleaseChart& chart, const Value& values, RenderCache& cache) {
  std::string wrong;
  check_tree(chart, values, cache, wrong);
  if (wrong.empty()) return {};
  return fail(Code::kInvalid,
              "values don't meet the specifications of the schema(s) in the following chart(s):\n{}", wrong);
}

}  // namespace taut::helm
