#include "dialect/argo/appset/applications.hh"
#include "tests/differential/argo/ops.hh"

namespace taut::differential {
namespace {

using argo::appset::Language;

// The repository and the cluster of a request, as oracle/appset.go has them.
class World : public argo::appset::World {
 public:
  explicit World(const Value& request) : request_(request) {}

  Result<std::vector<std::string>> folders(const std::string&, const std::string&) override {
    std::vector<std::string> out;
    for (const Value& folder : request_["folders"].items()) out.push_back(folder.str());
    return out;
  }
  Result<std::map<std::string, std::string>> files(const std::string&, const std::string&, const std::string& pattern) override {
    std::map<std::string, std::string> out;
    for (const Value& name : request_["globs"][pattern].items()) out.emplace(name.str(), request_["files"][name.as_string()].str());
    return out;
  }
  Result<std::vector<Value>> cluster_secrets() override {
    std::vector<Value> out;
    for (const Value& secret : request_["secrets"].items()) out.push_back(secret);
    return out;
  }
  Status project(const std::string& name) override {
    if (name == "missing") return fail(Code::kNotFound, "appprojects.argoproj.io \"{}\" not found", name);
    return {};
  }

 private:
  const Value& request_;
};

}  // namespace

Result<Value> appset_fill(const Value& request) {
  Language language{request["go"].as_bool(), {}};
  for (const Value& option : request["options"].items()) language.options.push_back(option.str());
  TAUT_ASSIGN(auto text, argo::appset::fill(request["text"].as_string(), request["parameters"], language));
  return Value(text);
}

Result<Value> appset_generate(const Value& request) {
  World world(request);
  Value out = Value::list();
  for (const Value& generator : request["set"]["spec"]["generators"].items()) {
    TAUT_ASSIGN(auto generated, argo::appset::generate(generator, request["set"], world));
    for (const auto& made : generated) {
      Value sets = Value::list();
      for (const Value& set : made.parameters) sets.push_back(set);
      out.push_back(std::move(sets));
    }
  }
  return out;
}

Result<Value> appset_render(const Value& request) {
  World world(request);
  auto made = argo::appset::applications_of(request["set"], world);
  if (made.error) return tl::unexpected(*made.error);
  Value out = Value::list();
  for (Value& application : made.list) out.push_back(std::move(application));
  return out;
}

}  // namespace taut::differential
