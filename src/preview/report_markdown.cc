#include <fmt/format.h>

#include "base/strings.hh"
#include "plan/print.hh"
#include "preview/report.hh"

namespace taut::preview {
namespace {

// Text for a table's cell, and for prose: nothing in it may become markup.
std::string cell(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n') {
      out += ' ';
      continue;
    }
    if (c == '|' || c == '*' || c == '_' || c == '<' || c == '`' || c == '[' || c == '@') out += '\\';
    out += c;
  }
  return out;
}

std::string code(std::string_view text) { return fmt::format("`{}`", replace_all(text, "`", "'")); }

// A fence longer than any in the text.
std::string fenced(std::string_view text) {
  std::string fence = "```";
  while (contains(text, fence)) fence += '`';
  return fmt::format("{}diff\n{}{}\n", fence, text, fence);
}

// The plan's marks as a diff's, which are colored in a comment.
std::string as_diff(const std::string& text) {
  std::string out;
  for (std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    std::string_view inner = trim(line);
    char mark = inner.front() == '+' ? '+' : inner.front() == '-' ? '-' : inner.front() == '~' || inner.front() == '!' ? '!' : ' ';
    out += fmt::format("{}{}\n", mark, mark == ' ' || line.front() == ' ' ? line : line.substr(1));
  }
  return out;
}

void add_units(std::string& out, const Report& report) {
  for (const UnitReport& unit : report.units) {
    plan::Plan plan = unit.plan;
    if (!unit.prunes) std::erase_if(plan.steps, [](const plan::Step& step) { return step.action == plan::Action::kPrune; });
    size_t changes = plan.changes();
    out += fmt::format("<details{}><summary><b>{}</b>{}: {}</summary>\n\n", changes != 0 && changes <= 10 ? " open" : "", cell(unit.name),
                       unit.revision.empty() ? "" : " at " + code(unit.revision.substr(0, 7)),
                       unit.phase == "Error" ? "cannot be synced" : fmt::format("{} {}", changes, changes == 1 ? "change" : "changes"));
    out += unit.phase == "Error" ? cell(unit.message) + '\n' : fenced(as_diff(plan::to_text(plan)));
    out += "\n</details>\n\n";
  }
}

void add_restarts(std::string& out, const Report& report) {
  if (report.restarts.empty()) return;
  out += "### Restarts\n\n| workload | pods replaced | why |\n|---|---|---|\n";
  for (const Restart& restart : report.restarts) {
    std::vector<std::string> why;
    for (const std::string& reason : restart.why) why.push_back(cell(reason));
    if (!restart.note.empty()) why.push_back(cell(restart.note));
    out += fmt::format("| {} | {} of {} | {} |\n", code(shown(restart.workload)), restart.replaced, restart.pods, join(why, "<br>"));
  }
  out += '\n';
}

void add_removals(std::string& out, const Report& report) {
  size_t along = 0;
  std::string lines;
  for (const Removal& removal : report.removals) {
    if (!removal.pruned && removal.loss.empty()) {
      ++along;
      continue;
    }
    lines += fmt::format("- {}{}\n", code(shown(removal.object)), removal.loss.empty() ? "" : fmt::format(": **{} would be lost**", removal.loss));
  }
  if (along != 0) lines += fmt::format("- and {} objects that belong to them\n", along);
  if (!lines.empty()) out += "### Removed\n\n" + lines + '\n';
}

void add_breakages(std::string& out, std::string_view title, const std::vector<Breakage>& list) {
  if (list.empty()) return;
  out += fmt::format("### {}\n\n| object | health | why | what to do |\n|---|---|---|---|\n", title);
  for (const Breakage& b : list)
    out += fmt::format("| {} | {} | {} | {} |\n", code(shown(b.object)), b.before.empty() ? b.after : fmt::format("{} → {}", b.before, b.after),
                       cell(b.sentence), cell(b.next_step));
  out += '\n';
}

}  // namespace

std::string to_markdown(const Report& report) {
  std::string out = fmt::format("## {}\n\n", report.breaks() ? "❌ Something would break" : "✅ Nothing would break");
  add_breakages(out, "Breaks", report.broken);
  add_restarts(out, report);
  add_removals(out, report);
  add_breakages(out, "Broken before, and still", report.broken_before);
  out += "### Changes\n\n";
  add_units(out, report);
  for (const std::string& note : report.notes) out += fmt::format("> {}\n\n", cell(note));
  std::string revision = report.revision.empty() ? "" : fmt::format("{} ", code(report.revision.substr(0, 12)));
  out += fmt::format("<sub>{}tried by taut preview on a copy of {} ({} objects)</sub>\n", revision, cell(report.source), report.objects);
  return out;
}

}  // namespace taut::preview
