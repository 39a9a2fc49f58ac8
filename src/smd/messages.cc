#include "smd/messages.hh"

#include "base/strings.hh"

namespace taut::smd {
namespace {

std::string manager_text(const ManagerId& id) {
  std::string out = quote(id.manager);
  if (!id.subresource.empty()) out += " with subresource " + quote(id.subresource);
  if (id.operation == "Update") out += " using " + id.api_version;
  return out;
}

}  // namespace

std::string kind_text(const Value& object) {
  std::string_view api_version = object["apiVersion"].as_string();
  std::string out = api_version.find('/') == std::string_view::npos ? "/" : "";
  return out + std::string(api_version) + ", Kind=" + object["kind"].str();
}

std::string object_text(const Value& object) {
  return object["metadata"]["namespace"].str() + "/" + object["metadata"]["name"].str() + "; " + kind_text(object);
}

Refusal conflict_refusal(const std::vector<Conflict>& conflicts) {
  Refusal out{409, "Conflict", "", {}};
  for (const Conflict& c : conflicts)
    out.causes.push_back({"FieldManagerConflict", "conflict with " + manager_text(c.manager), to_string(c.path)});
  if (conflicts.size() == 1) {
    out.message = "Apply failed with 1 conflict: " + out.causes[0].message + ": " + out.causes[0].field;
    return out;
  }
  out.message = fmt::format("Apply failed with {} conflicts: ", conflicts.size());
  const ManagerId* block = nullptr;
  for (const Conflict& c : conflicts) {
    if (!block || !(*block == c.manager)) {
      if (block) out.message += "\n";
      out.message += "conflicts with " + manager_text(c.manager) + ":";
      block = &c.manager;
    }
    out.message += "\n- " + to_string(c.path);
  }
  return out;
}

Error Refusal::to_error() const {
  Code as = code == 409 ? Code::kConflict : code == 500 ? Code::kInternal : Code::kInvalid;
  // A merge that fails on the type of the input is the input's fault, whatever the server calls it.
  if (code == 500) as = Code::kInvalid;
  return Error(as, message);
}

}  // namespace taut::smd
