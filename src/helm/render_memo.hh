// What the templates of one release gave, with what they read: when a value changes, only those run again that read it.
//
// A template's text is taken from here if all that it read gives the same again (gotmpl::ReadTable), if it neither
// changed values nor asked for the time, random bytes or the cluster, and if charts, release, capabilities and helm's
// version are the same. Templates that changed values run each time, before those that come after them are looked at, so
// that a template that reads what another one set is held against what is set now. Used by one render at a time.
#pragma once

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "helm/manifests.hh"
#include "helm/release_chart.hh"
#include "helm/template_objects.hh"
#include "lang/gotmpl/execution.hh"
#include "lang/gotmpl/read_table.hh"

namespace taut::helm {

struct RenderOptions;

class RenderMemo {
 public:
  // A render of these files begins; forgets everything if it is of something else than the one before. `heap` is told to
  // watch; `objects` has made the files.
  void start(const ReleaseChart& root, const std::vector<TemplateFile>& files, const RenderOptions& options,
             TemplateObjects& objects, gotmpl::Heap& heap);
  // The environment, noticing who asks it for what is not the same each time.
  gotmpl::Environment watched(gotmpl::Environment environment);

  // The text of file `index`, if it is known; else nullptr, and what is read counts from here.
  const std::string* known(size_t index);
  // The text that the file gave after all.
  void keep(size_t index, const std::string& text);

  // Documents of rendered files, by path.
  FileManifests& manifests() { return manifests_; }
  // How many files were taken from here in this render.
  size_t reused() const { return reused_; }
  size_t bytes() const { return bytes_; }

 private:
  struct File {
    gotmpl::ReadTable::Reads reads;
    std::string text;
  };
  // What must be the same for anything to be known.
  struct Basis {
    std::vector<ChartPtr> charts;
    std::string shape;  // names and enabled dependencies of the charts
    ReleaseInfo release;
    Capabilities capabilities;
    Compat compat = Compat::kHelm42;
    bool lint = false;
    bool operator==(const Basis&) const = default;
  };
  static void add_chart(const ReleaseChart& chart, Basis& basis);

  Basis basis_;
  std::unique_ptr<gotmpl::ReadTable> table_;
  std::vector<File> files_;
  FileManifests manifests_;
  size_t first_size_ = 0;  // of the table, after the first render
  size_t reused_ = 0, bytes_ = 0;
};

}  // namespace taut::helm
