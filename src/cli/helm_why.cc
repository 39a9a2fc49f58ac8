// taut helm why: the template's line and the values behind one field of what a chart renders.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "base/strings.hh"
#include "cli/chart_reference.hh"
#include "cli/helm_commands.hh"
#include "cli/helm_values.hh"
#include "cli/terminal.hh"
#include "render/helm_why.hh"
#include "render/machine_environment.hh"
#include "value/json.hh"

namespace taut::cli {
namespace {

using render::HelmWhy;
using render::TemplatePart;
using render::ValueSource;
using render::ValueUse;

std::string short_value(const Value& value) {
  constexpr size_t kLongest = 70;
  std::string text = to_json(value);
  return text.size() > kLongest ? text.substr(0, kLongest) + "..." : text;
}

class Why : public Command {
 public:
  void declare(Flags& flags) override {
    values_.declare(flags);
    reference_.declare(flags);
    flags.add("namespace", 'n', "NAME", "the namespace of the release", &name_space_);
    flags.add("name", 0, "NAME", "the name of the release", &name_);
    flags.add("kube-version", 0, "VERSION", "the Kubernetes version that templates see", &kube_version_);
    flags.add("api-versions", 'a', "LIST", "further API versions that templates see", &api_versions_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 2 && arguments.size() != 3) {
      print_error("taut helm why CHART KIND/NAME:FIELD, as in: taut helm why ./web Deployment/web:spec.replicas");
      return kMisused;
    }
    auto why = explain(arguments[0], arguments[1] + (arguments.size() == 3 ? ":" + arguments[2] : ""));
    if (!why) return print_helm_error(why.error());
    print(*why, arguments[0]);
    return kDone;
  }

 private:
  Result<HelmWhy> explain(const std::string& name, const std::string& query) {
    render::HelmWhyInput input;
    TAUT_ASSIGN(input.chart, reference_.load(name));
    TAUT_ASSIGN(input.sources, values_.sources());
    input.read_file = read_helm_file;
    input.options.release.name = name_;
    input.options.release.name_space = name_space_;
    input.options.environment = render::machine_environment();
    if (!kube_version_.empty()) {
      TAUT_ASSIGN(input.options.capabilities.kube_version, helm::KubeVersion::parse(kube_version_));
    }
    for (const std::string& list : api_versions_)
      for (std::string_view version : split(list, ',')) input.options.capabilities.api_versions.emplace_back(version);
    root_name_ = input.chart->metadata.name;
    return helm_why(input, query);
  }

  // A file of the chart as it lies on disk: "root/templates/x" of a chart in "./web" is "./web/templates/x".
  std::string on_disk(const std::string& file, const std::string& chart) const {
    std::string_view rest = file;
    if (rest.starts_with(root_name_ + "/")) rest.remove_prefix(root_name_.size() + 1);
    return (std::filesystem::path(chart) / rest).lexically_normal().string();
  }

  static std::string place(const std::string& file, uint32_t line) { return line == 0 ? file : fmt::format("{}:{}", file, line); }

  void print(const HelmWhy& why, const std::string& chart) const {
    fmt::print("{} {} = {}\n", ink(Ink::kBold, why.object), why.field, ink(Ink::kGreen, short_value(why.value)));
    for (const TemplatePart& part : why.parts) {
      std::string file = on_disk(part.file, chart);
      fmt::print("\n  {}  {}\n", ink(Ink::kBlue, place(file, part.line)), part.code);
      for (const std::string& block : part.inside) fmt::print("    {}\n", ink(Ink::kDim, "inside line " + block));
      if (part.literal) fmt::print("    written in the template\n");
      for (const ValueUse& use : part.values) print(use, chart);
    }
  }

  void print(const ValueUse& use, const std::string& chart) const {
    fmt::print("    {} = {}\n", ink(Ink::kBold, use.name), use.value ? short_value(*use.value) : "nothing");
    std::vector<std::vector<std::string>> rows;
    for (const ValueSource& source : use.sources) {
      bool first = rows.empty();
      bool in_chart = source.what != "values file" && !source.file.empty();
      std::string where = source.file.empty() ? source.what + " " + source.text
                                              : place(in_chart ? on_disk(source.file, chart) : source.file, source.line);
      Ink colour = first ? Ink::kGreen : Ink::kDim;
      rows.push_back({std::string("      ") + (first ? "from" : "over"), ink(colour, where), ink(colour, short_value(source.value)),
                      source.file.empty() || source.what == "Chart.yaml" ? "" : ink(Ink::kDim, source.what)});
    }
    std::string out = table(rows);
    for (std::string_view line : split(out, '\n'))
      if (!line.empty()) fmt::print("{}\n", trim_right(line, " "));
  }

  HelmValues values_;
  ChartReference reference_;
  std::string name_ = "release-name", name_space_ = "default", kube_version_, root_name_;
  std::vector<std::string> api_versions_;
};

}  // namespace

std::unique_ptr<Command> make_helm_why() { return std::make_unique<Why>(); }

}  // namespace taut::cli
