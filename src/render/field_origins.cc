#include "render/field_origins.hh"

#include <fmt/format.h>

#include "base/strings.hh"
#include "kustomize/why.hh"
#include "kustomize/why_field.hh"
#include "object/id.hh"
#include "render/chart_origin.hh"
#include "value/pointer.hh"

namespace taut::render {
namespace {

void add_leaves(const Value& value, const std::string& pointer, std::vector<std::string>& out) {
  bool leaf = value.empty() || (!value.is_map() && !value.is_list());
  if (leaf) return out.push_back(pointer);
  for (const auto& [key, item] : value.entries()) add_leaves(item, fmt::format("{}/{}", pointer, escape_pointer_step(key.as_string())), out);
  for (size_t i = 0; i < value.items().size(); ++i) add_leaves(value.items()[i], fmt::format("{}/{}", pointer, i), out);
}

// What a kustomization did last to the field. One resource alone is asked, so that names need not be told apart.
void by_trail(const RenderedObject& object, const Tree& tree, FieldOrigin& out) {
  kustomize::Built one;
  one.resources.push_back({object.object, object.origin.file, object.origin.line, false, object.trail});
  auto why = kustomize::why(one, tree, out.pointer);
  if (!why || why->steps.empty()) return;
  const kustomize::WhyStep& last = why->steps.back();
  out.file = last.file;
  out.line = last.line;
  out.what = last.what;
}

// The only line of the template that begins with the field's key; 0 when there are several or none.
uint32_t line_of_key(std::string_view text, const std::string& pointer) {
  auto steps = parse_pointer(pointer);
  if (!steps) return 0;
  std::string key;
  for (const std::string& step : *steps)
    if (!pointer_index(step)) key = step + ":";
  uint32_t found = 0, number = 0;
  for (std::string_view line : split(text, '\n')) {
    ++number;
    std::string_view start = trim(line);
    if (start.starts_with("- ")) start = trim(start.substr(2));
    if (!start.starts_with(key)) continue;
    if (found != 0) return 0;
    found = number;
  }
  return found;
}

}  // namespace

std::vector<std::string> leaf_pointers(const Value& value) {
  std::vector<std::string> out;
  add_leaves(value, "", out);
  return out;
}

namespace {

// Without a trace the line is guessed: where the template holds the key only once.
void by_template(const RenderedObject& object, std::string_view text, FieldOrigin& field) {
  field.what = "template";
  const ChartOrigin::Line line = object.chart ? object.chart->line_of(field.pointer) : ChartOrigin::Line();
  field.line = line.line;
  if (line.line != 0) field.file = line.file;
  else field.line = line_of_key(text, field.pointer);
}

}  // namespace

std::vector<FieldOrigin> field_origins(const Rendered& rendered, const RenderedObject& object, const Tree& tree) {
  std::vector<FieldOrigin> out;
  auto text = rendered.type == SourceType::kHelm ? tree.read(object.origin.file) : Result<FileText>(fail(Code::kNotFound, ""));
  for (const std::string& pointer : leaf_pointers(object.object)) {
    FieldOrigin field{pointer, *find_pointer(object.object, pointer), object.origin.file, object.origin.line, "as written"};
    if (object.trail) {
      by_trail(object, tree, field);
    } else if (rendered.type == SourceType::kHelm) {
      by_template(object, text ? std::string_view(**text) : std::string_view(), field);
    } else if (auto path = kustomize::parse_field(pointer)) {
      field.line = kustomize::line_of(tree, {"", object.origin.file, object.origin.line, "", ""}, *path);
    }
    out.push_back(std::move(field));
  }
  return out;
}

}  // namespace taut::render
