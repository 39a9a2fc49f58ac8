#include "helm/render_memo.hh"

#include <algorithm>

#include "base/strings.hh"
#include "helm/render.hh"

namespace taut::helm {

namespace {

// Reads that no template needs any more are kept until they are this many times those that one render had.
constexpr size_t kMostRenewed = 4;

std::vector<gotmpl::Value> contexts_of(const std::vector<TemplateFile>& files) {
  std::vector<gotmpl::Value> out;
  for (const TemplateFile& file : files) {
    gotmpl::Value context(file.context);
    if (std::none_of(out.begin(), out.end(), [&](const gotmpl::Value& seen) { return seen.same(context); })) {
      out.push_back(context);
    }
  }
  return out;
}

}  // namespace

void RenderMemo::add_chart(const ReleaseChart& chart, Basis& basis) {
  basis.charts.push_back(chart.chart);
  basis.shape += fmt::format("{}\n{}\n", quote(chart.full_path()), chart.charts.size());
  for (const Dependency& d : chart.dependencies) basis.shape += fmt::format("{} {} {}\n", quote(d.name), quote(d.alias), d.enabled);
  for (const ReleaseChart& child : chart.charts) add_chart(child, basis);
}

void RenderMemo::start(const ReleaseChart& root, const std::vector<TemplateFile>& files, const RenderOptions& options,
                       TemplateObjects& objects, gotmpl::Heap& heap) {
  Basis basis{.release = options.release, .capabilities = options.capabilities, .compat = options.compat,
              .lint = options.environment.lint};
  add_chart(root, basis);
  if (table_ && first_size_ == 0) first_size_ = table_->size();
  const bool outgrown = table_ && table_->size() > kMostRenewed * first_size_ + 1000;
  if (!table_ || outgrown || table_->broken() || !(basis == basis_)) {
    table_ = std::make_unique<gotmpl::ReadTable>();
    files_.assign(files.size(), {});
    for (File& file : files_) file.reads.whole = false;
    manifests_.clear();
    first_size_ = 0;
  }
  basis_ = std::move(basis);
  reused_ = bytes_ = 0;
  heap.watch(table_.get());
  table_->start(contexts_of(files), {objects.capabilities()});
}

gotmpl::Environment RenderMemo::watched(gotmpl::Environment environment) {
  gotmpl::ReadTable* table = table_.get();
  auto spoiling = [table](auto& function) {
    if (!function) return;
    function = [table, inner = std::move(function)](auto&&... arguments) {
      table->spoil();
      return inner(std::forward<decltype(arguments)>(arguments)...);
    };
  };
  spoiling(environment.now);
  spoiling(environment.random);
  spoiling(environment.lookup);
  spoiling(environment.resolve);
  return environment;
}

const std::string* RenderMemo::known(size_t index) {
  File& file = files_[index];
  if (table_->holds(file.reads)) {
    ++reused_;
    bytes_ += file.text.size();
    return &file.text;
  }
  table_->begin();
  return nullptr;
}

void RenderMemo::keep(size_t index, const std::string& text) {
  files_[index] = {table_->end(), text};
  bytes_ += text.size() + files_[index].reads.entries.size() * sizeof(uint32_t);
}

}  // namespace taut::helm
