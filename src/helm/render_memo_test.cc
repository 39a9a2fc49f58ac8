#include "helm/render_memo.hh"

#include <gtest/gtest.h>

#include "helm/test_charts.hh"

namespace taut::helm {
namespace {

constexpr std::string_view kChartYaml = "apiVersion: v2\nname: c\nversion: 1.0.0\n";

// One release that is rendered again and again, each time held against a render of its own.
class Release {
 public:
  explicit Release(Files files) : chart_(*chart_of(files)) {}

  // How many files were not rendered anew.
  size_t render(std::string_view values) {
    std::string known = text(values, cache_);
    RenderCache fresh(0);
    EXPECT_EQ(known, text(values, fresh)) << values;
    const Hash128 key = hash128("c\nrel\ndefault");
    auto memo = cache_.take_memo(key);
    const size_t reused = memo->reused();
    cache_.give_memo(key, memo, 1);
    return reused;
  }
  std::string text(std::string_view values, RenderCache& cache) {
    options.release.name = "rel";
    auto rendering = render_release(chart_, *read_values(values), options, cache);
    return rendering ? *print_rendering(*rendering, {}, options.compat) : rendering.error().message();
  }

  RenderOptions options;

 private:
  ChartPtr chart_;
  RenderCache cache_;
};

TEST(RenderMemo, only_templates_that_read_what_changed_run_again) {
  Release release({{"Chart.yaml", kChartYaml},
                   {"values.yaml", "a: {x: 1, y: 2}\nb: [1, 2]\nc: text\n"},
                   {"templates/a.yaml", "v: {{ .Values.a.x }}\n"},
                   {"templates/b.yaml", "v: {{ range .Values.b }}{{ . }},{{ end }}\n"},
                   {"templates/c.yaml", "v: {{ toYaml .Values.a | quote }}\n"},
                   {"templates/d.yaml", "v: {{ with .Values.missing }}{{ . }}{{ end }}{{ .Chart.Name }}{{ .Release.Name }}\n"}});
  release.render("");
  release.render("");
  EXPECT_EQ(release.render(""), 4u);
  EXPECT_EQ(release.render("a: {x: 5}"), 2u);
  EXPECT_EQ(release.render("a: {x: 5, z: 1}"), 3u);
  EXPECT_EQ(release.render("a: {x: 5, z: 1}\nb: [1, 2, 3]"), 3u);
  EXPECT_EQ(release.render("missing: {k: v}"), 0u);
  EXPECT_EQ(release.render("other: 1"), 3u);
}

TEST(RenderMemo, what_changes_values_or_asks_for_the_time_always_runs) {
  Release release({{"Chart.yaml", kChartYaml},
                   {"values.yaml", "m: {n: 1}\n"},
                   {"templates/a.yaml", "v: {{ .Values.m.n }}{{ .Values.m.set }}\n"},
                   {"templates/z.yaml", "{{ $_ := set .Values.m `set` .Values.given }}v: 1\n"},
                   {"templates/b.yaml", "v: {{ now | len }}\n"},
                   {"templates/c.yaml", "v: {{ .Chart.Version }}\n"}});
  release.options.environment.now = [] { return Time(std::chrono::seconds(1'700'000'000)); };
  for (auto values : {"given: 1", "given: 1", "given: 2", "given: 2", "given: {a: 1}", "given: {a: 2}", "m: {n: 2}"}) {
    release.render("given: 1");
    EXPECT_LE(release.render(values), 2u);
  }
}

TEST(RenderMemo, one_node_over_two_ways_is_told_from_two_equal_ones) {
  Release release({{"Chart.yaml", kChartYaml},
                   {"charts/s/Chart.yaml", "apiVersion: v2\nname: s\nversion: 1.0.0\n"},
                   {"charts/s/values.yaml", "own: 1\n"},
                   {"charts/s/templates/s.yaml", "v: {{ .Values.own }}{{ .Values.global.g }}{{ include `p` . }}\n"},
                   {"templates/_p.tpl", "{{ define `p` }}{{ .Values.global | toJson }}{{ end }}"},
                   {"templates/a.yaml", "v: {{ .Values.s.own }}{{ .Subcharts.s.Values.own }}{{ eq (toJson .Values.s) `x` }}\n"},
                   {"templates/t.yaml", "v: {{ tpl .Values.t . }}\n"}});
  for (auto values : {"t: '{{ .Values.u }}'", "t: '{{ .Values.u }}'\nu: 1", "t: '{{ .Values.u }}'\nu: 2", "t: '{{ .Values.s.own }}'\ns: {own: 3}",
                      "t: x\nglobal: {g: 1}", "t: x\nglobal: {g: 2}\ns: {global: {h: 1}}"}) {
    release.render(values);
    release.render(values);
    EXPECT_EQ(release.render(values), 3u) << values;
  }
}

}  // namespace
}  // namespace taut::helm
