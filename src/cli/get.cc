// taut get: the Applications of a cluster, or one with its resources.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/strings.hh"
#include "cli/all.hh"
#include "cli/applications.hh"
#include "cli/connection.hh"
#include "cli/output.hh"
#include "cli/terminal.hh"
#include "health/reasons.hh"

namespace taut::cli {
namespace {

std::string coloured(const Value& status) {
  std::string_view text = status.as_string("Unknown");
  return ink(ink_of(text), text);
}

// A field of each source, with commas between.
std::string joined(const Value& application, std::string_view field) {
  std::vector<std::string> values;
  for (const Value& source : sources_of(application)) values.push_back(source[field].str());
  return join(values, ",");
}

std::vector<std::string> row_of(const Value& application, bool wide) {
  const Value& status = application["status"];
  std::vector<std::string> row{std::string(name_of(application)), coloured(status["sync"]["status"]),
                               coloured(status["health"]["status"]), revision_of(application),
                               age(application["metadata"]["creationTimestamp"].as_string())};
  if (wide) {
    const Value& spec = application["spec"];
    row.push_back(spec["project"].str());
    row.push_back(joined(application, "repoURL"));
    row.push_back(joined(application, "path"));
    row.push_back(spec["destination"]["namespace"].str());
  }
  row.push_back(trouble_of(application));
  return row;
}

void print_list(const std::vector<Value>& applications, bool wide) {
  std::vector<std::string> head{"NAME", "SYNC", "HEALTH", "REVISION", "AGE"};
  if (wide) head.insert(head.end(), {"PROJECT", "REPO", "PATH", "NAMESPACE"});
  head.push_back("MESSAGE");
  std::vector<std::vector<std::string>> rows{head};
  for (const Value& application : applications) rows.push_back(row_of(application, wide));
  fmt::print("{}", table(rows));
  std::vector<std::string> causes;
  for (const Value& application : applications) causes.push_back(cause_of(application));
  for (const std::string& line : joined_causes(causes)) fmt::print("{}\n", line);
}

void print_one(const Value& application) {
  const Value& spec = application["spec"];
  const Value& status = application["status"];
  auto line = [](std::string_view name, const std::string& value) {
    if (!value.empty()) fmt::print("{:<14} {}\n", std::string(name) + ':', value);
  };
  line("Name", fmt::format("{}/{}", namespace_of(application), name_of(application)));
  line("Project", spec["project"].str());
  for (const Value& source : sources_of(application)) {
    line("Repo", source["repoURL"].str());
    line("Path", source["path"].str());
    line("Chart", source["chart"].str());
    line("Ref", source["ref"].str());
    line("Target", source["targetRevision"].str());
  }
  line("Destination", fmt::format("{} {}", spec["destination"]["server"].as_string(spec["destination"]["name"].as_string()),
                                  spec["destination"]["namespace"].as_string()));
  line("Sync", fmt::format("{} to {}", coloured(status["sync"]["status"]), revision_of(application)));
  line("Health", coloured(status["health"]["status"]));
  line("Because", cause_of(application));
  const Value& operation = status["operationState"];
  if (!operation.is_null())
    line("Last sync", fmt::format("{} {}: {}", coloured(operation["phase"]), operation["finishedAt"].as_string(),
                                  operation["message"].as_string()));
  for (const Value& condition : status["conditions"].items())
    if (condition["type"].as_string() != "RootCauseWarning") line(condition["type"].as_string(), condition["message"].str());
  if (status["resources"].empty()) return;
  std::vector<std::vector<std::string>> rows{{"GROUP", "KIND", "NAMESPACE", "NAME", "SYNC", "HEALTH", "MESSAGE"}};
  for (const Value& resource : status["resources"].items()) {
    const Value& health = resource["health"];
    rows.push_back({resource["group"].str(), resource["kind"].str(), resource["namespace"].str(),
                    resource["name"].str(), coloured(resource["status"]),
                    health.is_null() ? "" : coloured(health["status"]), health["message"].str()});
  }
  fmt::print("\n{}", table(rows));
}

class Get : public Command {
 public:
  void declare(Flags& flags) override {
    connection_.declare(flags);
    flags.add("output", 'o', "FORMAT", "wide, json, yaml, name or jsonpath=TEMPLATE", &output_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (Status known = check(); !known) {
      print_error(known.error());
      return kMisused;
    }
    auto outcome = show(arguments);
    if (outcome) return kDone;
    print_error(outcome.error());
    return kFailed;
  }

 private:
  Status show(const std::vector<std::string>& names) {
    TAUT_ASSIGN(auto cluster, connection_.open());
    std::vector<Value> applications;
    if (names.empty()) {
      TAUT_ASSIGN(applications, list_applications(*cluster, connection_.ns));
    }
    for (const std::string& name : names) {
      TAUT_ASSIGN(auto application, get_application(*cluster, connection_.ns, name));
      applications.push_back(std::move(application));
    }
    if (is_json_path(output_)) return print_json_path(applications, output_);
    print(applications, names.size() == 1);
    return {};
  }

  Status check() const {
    constexpr std::string_view kFormats[] = {"", "wide", "json", "yaml", "name"};
    if (is_json_path(output_) || std::find(std::begin(kFormats), std::end(kFormats), output_) != std::end(kFormats)) return {};
    return fail(Code::kInvalid, "--output must be wide, json, yaml, name or jsonpath=TEMPLATE, not {}", quote(output_));
  }

  void print(const std::vector<Value>& applications, bool one) const {
    if (output_ == "json" || output_ == "yaml") {
      print_objects(applications, output_);
    } else if (output_ == "name") {
      for (const Value& application : applications) fmt::print("application.argoproj.io/{}\n", name_of(application));
    } else if (applications.empty()) {
      fmt::print(stderr, "No Applications found in namespace {}.\n", connection_.ns);
    } else if (one && output_.empty()) {
      print_one(applications[0]);
    } else {
      print_list(applications, output_ == "wide");
    }
  }

  Connection connection_;
  std::string output_;
};

}  // namespace

std::unique_ptr<Command> make_get() { return std::make_unique<Get>(); }

}  // namespace taut::cli
