// Which part of which template made each byte that a chart renders, and which values were looked at for it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "helm/template_objects.hh"
#include "lang/gotmpl/execution.hh"

namespace taut::helm {

// What a template asked for: ".Values.image.tag" of some chart. In terms of the root chart, so that a subchart's values
// begin with its name.
struct ValueRead {
  std::string object;             // "Values", "Chart", "Release"; "" for anything else
  std::string chart;              // "root/charts/sub": of whose Chart.yaml, for "Chart"
  std::vector<std::string> path;  // of "Values" from the root; with the field's name at the end
};

struct TemplateTrace {
  std::string text;                     // what it gave, before "<no value>" is taken out
  std::vector<gotmpl::Origin> origins;  // of that text; `reads` counts into the following
  std::vector<ValueRead> reads;
};

struct Trace {
  std::map<std::string, TemplateTrace> files;  // by the path of the template
  std::map<std::string, FileText> sources;     // the texts of all templates, by path
};

// Tells the paths of what was read while the heap still lives.
std::vector<ValueRead> resolve_reads(const std::vector<gotmpl::Read>& reads, const std::vector<TemplateFile>& files);

}  // namespace taut::helm
