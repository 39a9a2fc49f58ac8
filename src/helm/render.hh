// A release rendered: a chart, values and what is assumed of the cluster give manifests, hooks and notes. What `helm
// template` and `helm install --dry-run` compute, as a pure function.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hh"
#include "helm/capabilities.hh"
#include "helm/chart.hh"
#include "helm/manifests.hh"
#include "helm/release_chart.hh"
#include "helm/table.hh"
#include "helm/render_cache.hh"
#include "helm/render_memo.hh"
#include "helm/template_objects.hh"
#include "helm/trace.hh"
#include "lang/gotmpl/execution.hh"
#include "value/value.hh"

namespace taut::helm {

struct RenderOptions {
  ReleaseInfo release;
  Compat compat = Compat::kHelm42;
  Capabilities capabilities = default_capabilities(Compat::kHelm42);
  bool skip_schema = false;
  bool sub_notes = false;
  // What functions may ask for: the time, random bytes, the cluster. Its `helm` follows `compat`.
  gotmpl::Environment environment;
  gotmpl::Limits limits;
  // Changes the rendered files, by path, before they are cut into manifests: helm's post-renderer. May be empty.
  std::function<Status(std::map<std::string, std::string>& files)> post_render;
  // Where given: filled in with what the templates gave, by path, when that cannot be read as documents.
  std::map<std::string, std::string>* texts = nullptr;
  // Where given: filled in with where every byte comes from. The cache must live as long as it is used.
  Trace* trace = nullptr;
  // Whether manifests keep their documents; who only prints them needs none.
  bool documents = true;
};

struct CrdFile {
  std::string path;  // "chart/crds/x.yaml"
  FileText text;
};

struct Rendering {
  std::vector<Manifest> manifests;  // in order of installation
  std::vector<Hook> hooks;          // in the order in which helm prints them
  std::vector<CrdFile> crds;        // of the chart and of the enabled charts below it
  std::string notes;
  // Of the root chart in this release: its defaults with what was imported, its dependencies without the disabled ones.
  Value values;
  std::vector<Dependency> dependencies;
  std::vector<std::string> warnings;  // helm's log lines
};

// Renders a release. Errors in helm's words; those of templates and of what they gave have the hint "Use --debug flag to
// render out invalid YAML", as helm adds it. Thread-safe; `cache` may be shared.
Result<Rendering> render_release(const ChartPtr& chart, const Value& values, const RenderOptions& options,
                                 RenderCache& cache);

// The steps of it, for those that need one of them.

// The files of crds/ of the chart and of those below it that these values enable.
Result<std::vector<CrdFile>> chart_crds(const ChartPtr& chart, const Value& values, Compat compat);

// The release's charts with the final values of all of them, checked against their schemas.
struct ReleaseValues {
  ReleaseChart chart;
  Tables tables;
  Table* values = nullptr;
  RenderMemo* memo = nullptr;  // of the render before, and for the next
};
// `out.chart` is given; `values` are the user's.
Status compute_values(const Value& values, const RenderOptions& options, ReleaseValues& out, RenderCache& cache,
                      std::vector<std::string>* warnings);

// The text of every template that is no partial, by path. May change the values: templates can.
Result<std::map<std::string, std::string>> render_templates(ReleaseValues& values, const RenderOptions& options,
                                                            RenderCache& cache);

// The text of one template that sees no chart, with helm's functions: --name-template. Errors as Go has them.
Result<std::string> render_text(const std::string& text, const gotmpl::Environment& environment);

// What `helm template` prints.
struct PrintOptions {
  bool include_crds = false;
  bool skip_tests = false;
  bool no_hooks = false;
  std::vector<std::string> show_only;  // globs of templates within the chart
};
// kNotFound "could not find template X in chart".
Result<std::string> print_rendering(const Rendering& rendering, const PrintOptions& options, Compat compat);

}  // namespace taut::helm
