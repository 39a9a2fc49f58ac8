#include "dialect/argo/sources.hh"

#include <vector>

#include "base/strings.hh"
#include "dialect/argo/application.hh"

namespace taut::argo {

engine::Source source_in(const Value& holder) {
  return read_source(holder["sources"].empty() ? holder["source"] : holder["sources"]);
}

std::string revision_in(const Value& holder) {
  if (holder["revisions"].empty()) return holder["revision"].str();
  std::vector<std::string> revisions;
  for (const Value& revision : holder["revisions"].items()) revisions.push_back(revision.str());
  return join(revisions, ",");
}

bool has_several(const Value& spec) { return !spec["sources"].items().empty(); }

void set_source(Value& holder, const Value& raw) {
  holder.set(raw.is_list() ? "sources" : "source", raw);
}

void set_revision(Value& holder, const std::string& revision, const Value& raw_source) {
  if (revision.empty()) return;
  if (!raw_source.is_list()) {
    holder.set("revision", revision);
    return;
  }
  Value revisions = Value::list();
  for (std::string_view one : split(revision, ',')) revisions.push_back(one);
  holder.set("revisions", revisions);
}

}  // namespace taut::argo
