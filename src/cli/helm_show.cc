// taut helm show: what a chart says of itself.
#include <fmt/format.h>

#include "base/strings.hh"
#include "cli/chart_reference.hh"
#include "cli/helm_commands.hh"
#include "cli/terminal.hh"
#include "helm/lock.hh"
#include "lang/jsonpath/jsonpath.hh"
#include "yaml/writer.hh"

namespace taut::cli {
namespace {

enum class Part { kAll, kChart, kValues, kReadme, kCrds };

void add_crds(const helm::Chart& chart, std::string& out) {
  for (const helm::ChartFile& file : chart.files) {
    if (!helm::is_crd_file(file)) continue;
    if (!file.text->starts_with("---")) out += "---\n";
    out += *file.text + "\n";
  }
  for (const helm::ChartPtr& child : chart.charts) add_crds(*child, out);
}

const helm::ChartFile* readme_of(const helm::Chart& chart) {
  for (const helm::ChartFile& file : chart.files) {
    std::string name = to_lower(file.name);
    if (name == "readme.md" || name == "readme.txt" || name == "readme") return &file;
  }
  return nullptr;
}

std::string shown(const helm::Chart& chart, Part part) {
  const bool all = part == Part::kAll;
  std::string out;
  if (all || part == Part::kChart) out += to_yaml(helm::metadata_document(chart.metadata)) + "\n";
  if ((all || part == Part::kValues) && !chart.values.is_null()) {
    if (all) out += "---\n";
    for (const helm::ChartFile& file : chart.raw)
      if (file.name == "values.yaml") out += *file.text + "\n";
  }
  if (all || part == Part::kReadme) {
    if (const helm::ChartFile* readme = readme_of(chart)) out += (all ? "---\n" : "") + *readme->text + "\n";
  }
  if (all || part == Part::kCrds) add_crds(chart, out);
  return out;
}

class Show : public Command {
 public:
  explicit Show(Part part) : part_(part) {}

  void declare(Flags& flags) override {
    reference_.declare(flags);
    if (part_ == Part::kValues) flags.add("jsonpath", 0, "TEMPLATE", "what a JSONPath template gives of the values", &json_path_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) {
      print_error("one chart: taut helm show all|chart|values|readme|crds CHART");
      return kMisused;
    }
    auto chart = reference_.load(arguments[0]);
    if (!chart) return print_helm_error(chart.error());
    if (json_path_.empty() || (*chart)->values.is_null()) {
      fmt::print("{}", shown(**chart, part_));
      return kDone;
    }
    auto text = found_values((*chart)->values);
    if (!text) return print_helm_error(text.error());
    fmt::print("{}", *text);
    return kDone;
  }

 private:
  // As helm, which prints nothing where the template parses but finds nothing.
  Result<std::string> found_values(const Value& values) const {
    auto path = jsonpath::Template::parse(json_path_);
    if (!path)
      return fail(Error(path.error()).with_message(fmt::format("error parsing jsonpath {}: {}", json_path_, path.error().message())));
    auto text = path->print(values);
    return text || text.error().code() == Code::kLimit ? text : "";
  }

  const Part part_;
  std::string json_path_;
  ChartReference reference_;
};

}  // namespace

std::unique_ptr<Command> make_helm_show_all() { return std::make_unique<Show>(Part::kAll); }
std::unique_ptr<Command> make_helm_show_chart() { return std::make_unique<Show>(Part::kChart); }
std::unique_ptr<Command> make_helm_show_values() { return std::make_unique<Show>(Part::kValues); }
std::unique_ptr<Command> make_helm_show_readme() { return std::make_unique<Show>(Part::kReadme); }
std::unique_ptr<Command> make_helm_show_crds() { return std::make_unique<Show>(Part::kCrds); }

}  // namespace taut::cli
