// How the stories of fields are shown.
#include <fmt/format.h>

#include <algorithm>

#include "base/strings.hh"
#include "cli/applications.hh"
#include "cli/provenance.hh"
#include "cli/terminal.hh"
#include "value/json.hh"
#include "value/pointer.hh"

namespace taut::cli {
namespace {

constexpr size_t kLongest = 48;

std::string short_text(const Value& value) {
  std::string text = value.is_string() ? value.str() : to_json(value);
  if (size_t line = text.find('\n'); line != std::string::npos) text = text.substr(0, line) + "…";
  return text.size() > kLongest ? text.substr(0, kLongest) + "…" : text;
}

std::string place_text(const render::FieldOrigin& origin) {
  std::string out = origin.line == 0 ? origin.file : fmt::format("{}:{}", origin.file, origin.line);
  if (origin.what != "as written") out += fmt::format(" ({})", origin.what);
  return out;
}

std::string commit_text(const git::BlamedLine& commit) {
  if (commit.sha.find_first_not_of('0') == std::string::npos) return "not committed";
  return fmt::format("{} {} {} {}", short_revision(commit.sha), commit.author, format_rfc3339(commit.time).substr(0, 10), quote(commit.summary));
}

std::string owner_text(const plan::FieldOwner& owner) {
  std::string out = fmt::format("{} ({}", owner.manager, owner.operation);
  if (!owner.subresource.empty()) out += " of " + owner.subresource;
  if (!owner.time.empty()) out += ", " + owner.time.substr(0, 10) + " " + owner.time.substr(std::min<size_t>(11, owner.time.size()), 5) + " UTC";
  return out + ")";
}

std::string owners_text(const std::vector<plan::FieldOwner>& owners) {
  std::vector<std::string> out;
  for (const auto& owner : owners) out.push_back(owner_text(owner));
  return join(out, ", ");
}

std::string source_text(const FieldStory& field) {
  std::string git = field.origin ? place_text(*field.origin) : "";
  if (field.origin && field.commit) git += "  " + commit_text(*field.commit);
  if (field.from_git) return git;
  std::string who = field.owners.empty() ? "default of the API server" : owners_text(field.owners);
  if (!field.origin) return who;
  return fmt::format("{}; Git says {} at {}", who, short_text(field.origin->value), git);
}

// "containers", then "[web]" below it.
std::string step_text(const Value& parent, const std::string& step) {
  if (!parent.is_list()) return step;
  auto index = pointer_index(step);
  const Value& name = index ? parent[*index]["name"] : parent["name"];
  return fmt::format("[{}]", name.is_string() ? name.as_string() : step);
}

// A row for each step that the pointer does not share with the one before, and the leaf's own.
void add_rows(const Value& object, const FieldStory& field, std::vector<std::string>& before, std::vector<std::vector<std::string>>& rows) {
  auto steps = parse_pointer(field.pointer).value_or(std::vector<std::string>{});
  size_t shared = 0;
  while (shared < steps.size() && shared < before.size() && steps[shared] == before[shared]) ++shared;
  const Value* at = &object;
  for (size_t i = 0; i < steps.size(); ++i) {
    std::string name = std::string(2 * i, ' ') + step_text(*at, steps[i]);
    bool last = i + 1 == steps.size();
    if (last) rows.push_back({name, short_text(field.value), source_text(field)});
    else if (i >= shared) rows.push_back({name, "", ""});
    auto index = at->is_list() ? pointer_index(steps[i]) : std::nullopt;
    at = index ? &(*at)[*index] : &(*at)[steps[i]];
  }
  before = std::move(steps);
}

Value owner_value(const plan::FieldOwner& owner) {
  Value out = Value::map({{"manager", owner.manager}, {"operation", owner.operation}});
  if (!owner.subresource.empty()) out.set("subresource", owner.subresource);
  if (!owner.time.empty()) out.set("time", owner.time);
  return out;
}

Value field_value(const FieldStory& field) {
  Value out = Value::map({{"path", field.pointer}, {"value", field.value}, {"fromGit", field.from_git}});
  if (field.origin) {
    Value git = Value::map({{"file", field.origin->file}, {"by", field.origin->what}});
    if (field.origin->line != 0) git.set("line", field.origin->line);
    if (!field.from_git) git.set("value", field.origin->value);
    if (field.commit)
      git.set("commit", Value::map({{"sha", field.commit->sha},
                                    {"author", fmt::format("{} <{}>", field.commit->author, field.commit->email)},
                                    {"date", format_rfc3339(field.commit->time)},
                                    {"subject", field.commit->summary}}));
    out.set("git", git);
  }
  for (const auto& owner : field.owners) out.edit("owners").push_back(owner_value(owner));
  return out;
}

void set_if(Value& out, std::string_view key, const std::string& text) {
  if (!text.empty()) out.set(key, text);
}

}  // namespace

Value to_value(const ObjectStory& story) {
  Value out = Value::map({{"object", story.object}});
  set_if(out, "partOf", story.owner);
  set_if(out, "application", story.application);
  set_if(out, "repository", story.repository);
  set_if(out, "revision", story.revision);
  set_if(out, "path", story.path);
  set_if(out, "type", story.type);
  set_if(out, "note", story.note);
  Value fields = Value::list();
  for (const FieldStory& field : story.fields) fields.push_back(field_value(field));
  out.set("fields", fields);
  return out;
}

std::string to_text(const ObjectStory& story, const Value& object) {
  std::string out = fmt::format("{}\n", ink(Ink::kBold, story.object));
  auto line = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) out += fmt::format("{:<13}{}\n", name, value);
  };
  line("part of", story.owner);
  line("application", story.application);
  std::string source = story.repository;
  if (!story.path.empty()) source += fmt::format(" {} ({})", story.path, story.type);
  if (!story.revision.empty()) source += fmt::format(" at {}", short_revision(story.revision));
  line("source", source);
  line("note", story.note);
  std::vector<std::vector<std::string>> rows{{"FIELD", "VALUE", "FROM"}};
  std::vector<std::string> before;
  for (const FieldStory& field : story.fields) add_rows(object, field, before, rows);
  return out + "\n" + table(rows);
}

}  // namespace taut::cli
