#include "helm_case.hh"

#include <sys/random.h>

#include "base/strings.hh"
#include "helm/values_sources.hh"
#include "tree/disk.hh"

namespace taut::fidelity {
namespace {

struct Arguments {
  helm::RenderOptions options;
  helm::ValueSources values;
  helm::PrintOptions print;
};

Result<Arguments> read_arguments(const Value& c, helm::Compat compat, const Corpus& corpus) {
  Arguments out;
  out.options.compat = compat;
  out.options.capabilities = helm::default_capabilities(compat);
  out.options.release.name = c["release"].str();
  out.options.release.name_space = c["namespace"].str();
  out.options.environment = real_environment();
  for (const Value& file : c["values"].items()) {
    TAUT_ASSIGN(std::string text, corpus.text("helm/" + file.str()));
    out.values.files.push_back({file.str(), std::move(text)});
  }
  const auto arguments = c["args"].items();
  for (size_t i = 0; i < arguments.size(); ++i) {
    std::string_view flag = arguments[i].as_string();
    auto value = [&] { return i + 1 < arguments.size() ? arguments[++i].str() : std::string(); };
    if (flag == "--kube-version") {
      TAUT_ASSIGN(out.options.capabilities.kube_version, helm::KubeVersion::parse(value()));
    } else if (flag == "--api-versions") {
      const std::string list = value();
      for (std::string_view version : split(list, ',')) {
        out.options.capabilities.api_versions.emplace_back(version);
      }
    } else if (flag == "--set") {
      out.values.typed.push_back(value());
    } else if (flag == "--set-string") {
      out.values.strings.push_back(value());
    } else if (flag == "--set-json") {
      out.values.json.push_back(value());
    } else if (flag == "--is-upgrade") {
      out.options.release.upgrade = true;
    } else if (flag == "--include-crds") {
      out.print.include_crds = true;
    } else {
      return fail(Code::kUnsupported, "the runner does not know {}", flag);
    }
  }
  return out;
}

Result<std::string> render(const Value& c, helm::Compat compat, HelmCharts& charts) {
  TAUT_ASSIGN(Arguments arguments, read_arguments(c, compat, charts.corpus()));
  TAUT_ASSIGN(Value values, helm::merge_value_sources(arguments.values, {}));
  TAUT_ASSIGN(helm::ChartPtr chart, charts.chart(c["chart"].str()));
  TAUT_ASSIGN(auto rendering, helm::render_release(chart, values, arguments.options, charts.cache()));
  return helm::print_rendering(rendering, arguments.print, compat);
}

}  // namespace

Result<helm::ChartPtr> HelmCharts::chart(const std::string& folder) {
  {
    std::lock_guard lock(mutex_);
    if (auto it = charts_.find(folder); it != charts_.end()) return it->second;
  }
  TAUT_ASSIGN(TreePtr tree, disk_tree(corpus_.path("helm/" + folder)));
  TAUT_ASSIGN(helm::ChartPtr chart, helm::load_chart(*tree));
  std::lock_guard lock(mutex_);
  charts_.emplace(folder, chart);
  return chart;
}

HelmOutput run_helm_case(const Value& c, helm::Compat compat, HelmCharts& charts) {
  auto output = render(c, compat, charts);
  if (output) return {false, std::move(*output)};
  std::string text = "Error: " + output.error().message();
  if (!output.error().hint().empty()) text += "\n\n" + output.error().hint();
  return {true, text + "\n"};
}

gotmpl::Environment real_environment() {
  gotmpl::Environment out;
  out.now = [] { return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()); };
  out.random = [](std::span<uint8_t> bytes) {
    while (!bytes.empty()) {
      ssize_t got = getrandom(bytes.data(), bytes.size(), 0);
      if (got > 0) bytes = bytes.subspan(static_cast<size_t>(got));
    }
  };
  return out;
}

}  // namespace taut::fidelity
