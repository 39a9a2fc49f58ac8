// taut render: what a folder renders to, without a cluster.
#include "render/render.hh"

#include <fmt/format.h>

#include <tuple>

#include "cli/all.hh"
#include "cli/folder.hh"
#include "cli/terminal.hh"
#include "object/id.hh"
#include "value/json.hh"
#include "yaml/writer.hh"

namespace taut::cli {
namespace {

class Render : public Command {
 public:
  void declare(Flags& flags) override {
    folder_.declare(flags);
    flags.add("output", 'o', "FORMAT", "yaml, json (one object a line), name, or wide (where each comes from)", &output_,
              {"yaml", "json", "name", "wide"});
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() > 1) {
      print_error("one folder at a time. Usage: taut render [DIR]");
      return kMisused;
    }
    auto rendered = folder_.render(arguments.empty() ? "." : arguments[0]);
    if (!rendered) {
      print_error(rendered.error());
      return kFailed;
    }
    print(*rendered);
    return kDone;
  }

 private:
  void print(const render::Rendered& rendered) const {
    std::vector<std::vector<std::string>> rows{{"KIND", "NAMESPACE", "NAME", "FROM"}};
    bool first = true;
    for (const auto& item : rendered.objects) {
      const auto& [object, origin] = std::tie(item.object, item.origin);
      ObjectId id = ObjectId::of(object);
      if (output_ == "yaml") {
        fmt::print("{}{}", first ? "" : "---\n", to_yaml(object));
      } else if (output_ == "json") {
        fmt::print("{}\n", to_json(object));
      } else if (output_ == "name") {
        fmt::print("{}{}{}/{}\n", id.kind, id.group.empty() ? "" : ".", id.group, id.name);
      } else {
        rows.push_back({id.kind, id.ns, id.name, origin.to_string()});
      }
      first = false;
    }
    if (output_ == "wide") fmt::print("{}", table(rows));
  }

  FolderSource folder_;
  std::string output_ = "yaml";
};

}  // namespace

std::unique_ptr<Command> make_render() { return std::make_unique<Render>(); }

}  // namespace taut::cli
