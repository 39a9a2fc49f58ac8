// Renders charts of the corpus in process: the first render parses all templates, the next ones only run them.
//
//   helm_bench CHART...     a line for each: CPU milliseconds of loading, of the first and of a later render
#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <ctime>

#include "helm/render.hh"
#include "tree/disk.hh"

namespace taut::helm {
namespace {

double cpu_ms() { return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

RenderOptions options() {
  RenderOptions out;
  out.release.name = "rel";
  out.release.name_space = "bench";
  out.environment.now = [] { return Time(std::chrono::seconds(1'700'000'000)); };
  out.environment.random = [](std::span<uint8_t> bytes) { (void)!getrandom(bytes.data(), bytes.size(), 0); };
  return out;
}

int measure(const char* folder) {
  double start = cpu_ms();
  auto tree = disk_tree(folder);
  auto chart = tree ? load_chart(**tree) : Result<ChartPtr>(fail(tree.error()));
  double loaded = cpu_ms();
  RenderCache cache;
  size_t bytes = 0;
  std::vector<double> times;
  for (int i = 0; chart && i < 12; ++i) {
    double before = cpu_ms();
    auto rendering = render_release(*chart, Value::map(), options(), cache);
    if (!rendering) chart = fail(rendering.error());
    if (rendering) bytes = print_rendering(*rendering, {}, Compat::kHelm42)->size();
    times.push_back(cpu_ms() - before);
  }
  if (!chart) {
    fmt::print(stderr, "{}: {}\n", folder, chart.error().message());
    return 1;
  }
  std::sort(times.begin() + 1, times.end());
  fmt::print("{:<50} load {:6.1f} ms  first {:6.1f} ms  again {:6.1f} ms  {:6} kB\n", folder, loaded - start, times[0],
             times[times.size() / 2], bytes / 1000);
  return 0;
}

}  // namespace
}  // namespace taut::helm

int main(int argc, char** argv) {
  int failed = 0;
  for (int i = 1; i < argc; ++i) failed |= taut::helm::measure(argv[i]);
  return failed;
}
