#include "render/helm_why.hh"

#include <algorithm>

#include "base/strings.hh"
#include "helm/coalesce.hh"
#include "helm/dependencies.hh"
#include "kustomize/why_field.hh"
#include "object/id.hh"
#include "render/helm_why_values.hh"
#include "render/template_lines.hh"
#include "tree/path.hh"
#include "value/json.hh"
#include "value/pointer.hh"

namespace taut::render {
namespace {

struct Query {
  std::string kind, name;  // empty: any
  std::vector<std::string> path;
};

Result<Query> parse_query(std::string_view text) {
  Query out;
  size_t colon = text.substr(0, text.find('[')).find_first_of(": ");
  if (colon != std::string_view::npos) {
    auto parts = split(text.substr(0, colon), '/');
    if (parts.size() > 2) return fail(Code::kInvalid, "{} is no object: write KIND/NAME", text.substr(0, colon));
    out.name = parts.back();
    if (parts.size() == 2) out.kind = parts.front();
    text = trim(text.substr(colon + 1));
  }
  TAUT_ASSIGN(out.path, kustomize::parse_field(text));
  return out;
}

// A path of parts such as "[name=web]" as steps of a pointer; nothing when it does not lead anywhere.
std::optional<std::vector<std::string>> steps_of(const Value& root, const std::vector<std::string>& path) {
  std::vector<std::string> out;
  const Value* at = &root;
  for (const std::string& part : path) {
    std::string step = part;
    std::string_view key, value;
    if (at->is_list() && part.starts_with('[') && cut(std::string_view(part).substr(1, part.size() - 2), "=", key, value)) {
      size_t i = 0;
      while (i < at->size() && (*at)[i][key].as_string() != value) ++i;
      step = std::to_string(i);
    }
    at = find_pointer(*at, "/" + escape_pointer_step(step));
    if (at == nullptr) return std::nullopt;
    out.push_back(std::move(step));
  }
  return out;
}

std::string name_of_object(const Value& object) { return fmt::format("{}/{}", object["kind"].as_string(), taut::name_of(object)); }

struct Found {
  const helm::Manifest* manifest = nullptr;
  std::vector<std::string> steps;
};

Result<Found> find_field(const helm::Rendering& rendering, const Query& query) {
  std::vector<const helm::Manifest*> all, meant;
  for (const helm::Manifest& manifest : rendering.manifests) all.push_back(&manifest);
  for (const helm::Hook& hook : rendering.hooks) all.push_back(&hook.manifest);
  for (const helm::Manifest* one : all) {
    bool kind = query.kind.empty() || to_lower(one->kind) == to_lower(query.kind);
    if (kind && (query.name.empty() || taut::name_of(one->document.root) == query.name)) meant.push_back(one);
  }
  if (meant.empty()) {
    std::string names;
    for (const helm::Manifest* one : all) names += "\n  " + name_of_object(one->document.root);
    return fail(Error(Code::kNotFound, fmt::format("the chart renders no object {}", query.kind.empty() ? query.name : query.kind + "/" + query.name))
                    .with_hint("it renders:" + names));
  }
  std::vector<Found> having;
  for (const helm::Manifest* one : meant)
    if (auto steps = steps_of(one->document.root, query.path)) having.push_back({one, *steps});
  std::string field = kustomize::field_text(query.path);
  if (having.empty()) return fail(Code::kNotFound, "{} has no field {}", meant.size() == 1 ? name_of_object(meant[0]->document.root) : "no object", field);
  if (having.size() == 1) return having[0];
  std::vector<std::string> names;
  for (const Found& one : having) names.push_back(name_of_object(one.manifest->document.root));
  return fail(Error(Code::kInvalid, fmt::format("{} objects have the field {}", having.size(), field))
                  .with_hint("name one of them, as in " + names[0] + ":" + field + ". They are: " + join(names, ", ")));
}

// The text that a scalar shows; "" for what is none.
std::string scalar_text(const Value& value) {
  if (value.is_string()) return value.str();
  return value.is_list() || value.is_map() || value.is_null() ? "" : to_json(value);
}

// The values that a part of a text is made of: of those that were looked at the last of each path, and of those the ones
// that show in the result, if any do.
class Uses {
 public:
  Uses(const helm::TemplateTrace& trace, const ValueFinder& finder, const Value& result, const std::vector<std::string>& steps)
      : trace_(trace), finder_(finder), shown_(result.is_map() || result.is_list() ? to_json(result) : scalar_text(result)), steps_(steps) {}

  std::vector<ValueUse> of(size_t origin, std::string_view action) const {
    size_t first = origin, to = trace_.origins[origin].reads;
    // `{{ with .Values.a }}text{{ toYaml . }}` looked at its value before the text.
    while (first > 0 && (first == origin || trace_.origins[first].literal) && start_of(first) == to) --first;
    size_t from = start_of(first);
    std::vector<helm::ValueRead> reads;
    for (size_t i = from; i < to; ++i)
      if (is_last(i, to) && std::ranges::none_of(reads, [&](const auto& one) { return same(one, trace_.reads[i]); })) reads.push_back(trace_.reads[i]);
    bool calls = contains(action, "include") || contains(action, "tpl") || contains(action, "template");
    if (!calls) keep(reads, [&](const helm::ValueRead& one) { return contains(action, one.path.back()); });
    std::vector<ValueUse> all, shown;
    for (const helm::ValueRead& one : reads) {
      ValueUse use = finder_.use(one, steps_);
      if (!use.value || use.value->is_null()) continue;
      bool shows = !scalar_text(*use.value).empty() && contains(shown_, scalar_text(*use.value));
      if (shows) shown.push_back(use);
      all.push_back(std::move(use));
    }
    return shown.empty() ? all : shown;
  }

 private:
  static bool same(const helm::ValueRead& a, const helm::ValueRead& b) { return a.object == b.object && a.chart == b.chart && a.path == b.path; }

  // The number of the first read that an origin may depend on.
  size_t start_of(size_t origin) const { return origin == 0 ? 0 : trace_.origins[origin - 1].reads; }

  // Whether no later read goes on from this one.
  bool is_last(size_t at, size_t to) const {
    const helm::ValueRead& read = trace_.reads[at];
    if (read.object.empty()) return false;
    for (size_t i = at + 1; i < to; ++i) {
      const auto& path = trace_.reads[i].path;
      if (trace_.reads[i].object == read.object && path.size() > read.path.size() && std::equal(read.path.begin(), read.path.end(), path.begin()))
        return false;
    }
    return true;
  }

  template <class Test>
  static void keep(std::vector<helm::ValueRead>& reads, Test test) {
    std::vector<helm::ValueRead> kept;
    std::ranges::copy_if(reads, std::back_inserter(kept), test);
    if (!kept.empty()) reads = std::move(kept);
  }

  const helm::TemplateTrace& trace_;
  const ValueFinder& finder_;
  const std::string shown_;
  const std::vector<std::string>& steps_;
};

void add_parts(const helm::Trace& trace, const Found& found, const ValueFinder& finder, HelmWhy& out) {
  auto file = trace.files.find(found.manifest->path);
  if (file == trace.files.end()) return;
  const helm::TemplateTrace& rendered = file->second;
  TextRange range = range_of(*found.manifest, rendered.text, make_pointer(found.steps));
  Uses uses(rendered, finder, out.value, found.steps);
  for (size_t i : origins_in(rendered, range)) {
    const gotmpl::Origin& origin = rendered.origins[i];
    auto source = trace.sources.find(std::string(origin.file));
    if (source == trace.sources.end()) continue;
    size_t position = origin.position;
    if (origin.literal) position += std::max(range.start, origin.start) - origin.start;
    TemplatePart part;
    part.file = source->first;
    part.literal = origin.literal;
    part.line = line_at(*source->second, position);
    part.code = std::string(trim(line_text(*source->second, part.line)));
    part.inside = blocks_around(*source->second, position);
    if (!origin.literal) part.values = uses.of(i, action_at(*source->second, position));
    if (!out.parts.empty() && out.parts.back().file == part.file && out.parts.back().line == part.line && !part.literal) {
      TemplatePart& before = out.parts.back();
      before.literal = false;
      std::ranges::move(part.values, std::back_inserter(before.values));
    } else {
      out.parts.push_back(std::move(part));
    }
  }
  // A text that a template writes around an action is on the action's line: the action tells more.
  if (std::ranges::any_of(out.parts, [](const TemplatePart& part) { return !part.literal; }))
    std::erase_if(out.parts, [](const TemplatePart& part) { return part.literal; });
}

}  // namespace

Result<HelmWhy> helm_why(const HelmWhyInput& input, std::string_view text) {
  TAUT_ASSIGN(Query query, parse_query(text));
  TAUT_ASSIGN(Value values, helm::merge_value_sources(input.sources, input.read_file));
  helm::RenderCache cache;
  helm::Trace trace;
  helm::RenderOptions options = input.options;
  options.trace = &trace;
  TAUT_ASSIGN(auto rendering, helm::render_release(input.chart, values, options, cache));
  TAUT_ASSIGN(Found found, find_field(rendering, query));
  const Value& object = found.manifest->document.root;
  HelmWhy out{name_of_object(object), kustomize::field_text(found.steps), *find_pointer(object, make_pointer(found.steps)), {}};
  helm::ReleaseValues release;
  helm::make_release_chart(input.chart, nullptr, release.chart);
  TAUT_TRY(helm::process_dependencies(release.chart, values, options.compat, nullptr));
  options.skip_schema = true;
  TAUT_TRY(helm::compute_values(values, options, release, cache, nullptr));
  ValueFinder finder(release.chart, input.sources, input.read_file, helm::freeze(*release.values), options.release);
  add_parts(trace, found, finder, out);
  return out;
}

}  // namespace taut::render
