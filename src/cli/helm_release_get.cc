// taut helm get values|manifest|hooks|notes|metadata|all: one revision of a release, and what of it is printed.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "cli/helm_commands.hh"
#include "cli/helm_release.hh"
#include "cli/helm_release_print.hh"
#include "release/chart_record.hh"

namespace taut::cli {
namespace {

// Finds the revision; prints are up to each.
class HelmGet : public Command {
 public:
  void declare(Flags& flags) override {
    cluster_.declare(flags);
    flags.add("revision", 0, "N", "of this revision", &revision_);
  }

  int run(const std::vector<std::string>& arguments) override {
    if (arguments.size() != 1) return print_helm_error(Error(Code::kInvalid, "\"helm get\" requires 1 argument"));
    if (Status opened = cluster_.open(); !opened) return print_helm_error(opened.error());
    auto found = cluster_.find(arguments[0], revision_);
    if (!found) return print_helm_error(found.error());
    return print(*found);
  }

 protected:
  virtual int print(const release::Release& release) = 0;

 private:
  HelmCluster cluster_;
  int revision_ = 0;
};

class GetValues : public HelmGet {
 public:
  void declare(Flags& flags) override {
    HelmGet::declare(flags);
    declare_output(flags, output_);
    flags.add("all", 'a', "", "with the chart's defaults", &all_);
  }

 protected:
  int print(const release::Release& release) override {
    Result<Value> values = release.config;
    if (all_) values = release::all_values(release.chart, release.config, helm::Compat::kHelm42);
    if (!values) return print_helm_error(values.error());
    if (output_ == "table") fmt::print("{}\n", all_ ? "COMPUTED VALUES:" : "USER-SUPPLIED VALUES:");
    fmt::print("{}", encoded(*values, output_ == "table" ? "yaml" : output_));
    return kDone;
  }

 private:
  std::string output_ = "table";
  bool all_ = false;
};

class GetManifest : public HelmGet {
 protected:
  int print(const release::Release& release) override {
    fmt::print("{}\n", release.manifest);
    return kDone;
  }
};

class GetHooks : public HelmGet {
 protected:
  int print(const release::Release& release) override {
    for (const release::HookRecord& hook : release.hooks) {
      fmt::print("---\n# Source: {}\n{}\n", hook.path, hook.manifest);
    }
    return kDone;
  }
};

class GetNotes : public HelmGet {
 protected:
  int print(const release::Release& release) override {
    if (!release.notes.empty()) fmt::print("NOTES:\n{}\n", release.notes);
    return kDone;
  }
};

class GetAll : public HelmGet {
 protected:
  int print(const release::Release& release) override {
    return print_release(release, "table", {.debug = true, .metadata = true});
  }
};

class GetMetadata : public HelmGet {
 public:
  void declare(Flags& flags) override {
    HelmGet::declare(flags);
    declare_output(flags, output_);
  }

 protected:
  int print(const release::Release& release) override {
    fmt::print("{}", output_ == "table"  ? table(release)
                     : output_ == "json" ? fields_json(fields(release)) + "\n"
                                         : encoded(as_value(fields(release)), output_));
    return kDone;
  }

 private:
  static std::string method(const std::string& recorded) {
    if (recorded.empty()) return "client-side apply (defaulted)";
    if (recorded == "csa") return "client-side apply";
    if (recorded == "ssa") return "server-side apply";
    return fmt::format("unknown ({})", quote(recorded));
  }

  static std::string pairs(const Value& map) {
    std::vector<std::string> out;
    for (const Entry& entry : map.entries()) out.push_back(fmt::format("{}={}", entry.key(), entry.value.as_string()));
    return join(out, ",");
  }

  // Those of helm itself too, unless a revision was asked for: so has helm it.
  static Value labels(const release::Release& release) {
    Value out = Value::map();
    for (const auto& [name, value] : release.labels) out.set(name, value);
    return out;
  }

  static std::string dependency_names(const Value& metadata) {
    std::vector<std::string> out;
    for (const Value& dependency : metadata["dependencies"].items()) out.push_back(dependency["name"].str());
    std::sort(out.begin(), out.end());
    return join(out, ",");
  }

  static std::string deployed_at(const release::Release& release) {
    return shown_time(release.last_deployed, "2006-01-02T15:04:05Z07:00");
  }

  static std::string table(const release::Release& release) {
    const Value& metadata = release.chart["metadata"];
    return fmt::format(
        "NAME: {}\nCHART: {}\nVERSION: {}\nAPP_VERSION: {}\nANNOTATIONS: {}\nLABELS: {}\nDEPENDENCIES: {}\n"
        "NAMESPACE: {}\nREVISION: {}\nSTATUS: {}\nDEPLOYED_AT: {}\nAPPLY_METHOD: {}\n",
        release.name, metadata["name"].as_string(), metadata["version"].as_string(),
        metadata["appVersion"].as_string(), pairs(metadata["annotations"]), pairs(labels(release)),
        dependency_names(metadata), release.ns, release.version, release.status, deployed_at(release),
        method(release.apply_method));
  }

  static Fields fields(const release::Release& release) {
    const Value& metadata = release.chart["metadata"];
    Fields out{{"name", release.name},
               {"chart", metadata["name"]},
               {"version", metadata["version"]},
               {"appVersion", metadata["appVersion"].str()}};
    if (!metadata["annotations"].empty()) out.emplace_back("annotations", metadata["annotations"]);
    if (Value own = labels(release); !own.empty()) out.emplace_back("labels", std::move(own));
    if (!metadata["dependencies"].empty()) out.emplace_back("dependencies", metadata["dependencies"]);
    out.emplace_back("namespace", release.ns);
    out.emplace_back("revision", release.version);
    out.emplace_back("status", release.status);
    out.emplace_back("deployedAt", deployed_at(release));
    if (!release.apply_method.empty()) out.emplace_back("applyMethod", release.apply_method);
    return out;
  }

  static Value as_value(const Fields& fields) {
    Value out = Value::map();
    for (const auto& [name, value] : fields) out.set(name, value);
    return out;
  }

  std::string output_ = "table";
};

}  // namespace

std::unique_ptr<Command> make_helm_get_values() { return std::make_unique<GetValues>(); }
std::unique_ptr<Command> make_helm_get_manifest() { return std::make_unique<GetManifest>(); }
std::unique_ptr<Command> make_helm_get_hooks() { return std::make_unique<GetHooks>(); }
std::unique_ptr<Command> make_helm_get_notes() { return std::make_unique<GetNotes>(); }
std::unique_ptr<Command> make_helm_get_metadata() { return std::make_unique<GetMetadata>(); }
std::unique_ptr<Command> make_helm_get_all() { return std::make_unique<GetAll>(); }

}  // namespace taut::cli
