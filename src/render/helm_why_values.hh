// Where a value that a template looked at was written: flags, values files, the values.yaml of charts.
#pragma once

#include <string>
#include <vector>

#include "helm/release_chart.hh"
#include "helm/template_objects.hh"
#include "helm/trace.hh"
#include "render/helm_why.hh"

namespace taut::render {

class ValueFinder {
 public:
  // All must outlive it. `values` are the release's, of the root chart.
  ValueFinder(const helm::ReleaseChart& root, const helm::ValueSources& sources, const helm::ReadFile& read_file, Value values,
              const helm::ReleaseInfo& release)
      : root_(root), sources_(sources), read_file_(read_file), values_(std::move(values)), release_(release) {}

  // What was read with all that says something of it, in the order of what counts. Where the value is a list or map, the
  // read is followed along the last of the field's steps as far as it goes.
  ValueUse use(const helm::ValueRead& read, const std::vector<std::string>& field) const;

 private:
  using Path = std::vector<std::string>;
  void add_given(const Path& path, std::vector<ValueSource>& out) const;
  void add_set(const std::vector<std::string>& arguments, helm::SetMode mode, std::string_view flag, const Path& path,
               std::vector<ValueSource>& out) const;
  void add_defaults(const Path& path, std::vector<ValueSource>& out) const;
  std::vector<ValueSource> sources_of(const Path& path) const;
  ValueUse of_chart(const helm::ValueRead& read) const;

  const helm::ReleaseChart& root_;
  const helm::ValueSources& sources_;
  const helm::ReadFile& read_file_;
  const Value values_;
  const helm::ReleaseInfo& release_;
};

}  // namespace taut::render
