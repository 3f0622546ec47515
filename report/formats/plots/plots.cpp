#include "report/formats/plots/plots.hpp"

#include "core/base/units.hpp"
#include "report/table/row.hpp"
#include "report/table/table.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace benchhost::report {
namespace {

constexpr std::size_t kMostLines = 10;  // more cannot be told apart
constexpr std::size_t kMostRows = 40;
constexpr int kPlottedPerNine = 8;
constexpr int kPlottedNines = 5;

// In single quotes gnuplot expands nothing; a quote is doubled.
std::string gnuplot_text(const std::string& text) {
    std::string out = "'";
    for (const char c : one_line(text)) {
        out += c;
        if (c == '\'') {
            out += '\'';
        }
    }
    return out + "'";
}

// gnuplot takes the text at a tic for a printf format of the tic's value.
std::string tic_label(const std::string& text) {
    std::string out;
    for (const char c : text) {
        out.append(c == '%' ? 2 : 1, c);
    }
    return gnuplot_text(out);
}

std::string header(const ProfileTable& table, const std::string& what, int width, int height) {
    return fmt::format(
        "set terminal svg noenhanced size {},{} dynamic background '#ffffff' font 'sans-serif,13'\n"
        "set title {} noenhanced\nset grid lc rgb '#d7dce1'\nset border 3 lc rgb '#59636e'\n"
        "set tics nomirror\n",
        width, height, gnuplot_text(table.profile.name + ": " + what));
}

struct Curve {
    std::string label;
    std::string points;  // lines of "x y"
};

std::string curves_script(const std::vector<Curve>& curves) {
    std::string data;
    std::string plot;
    for (std::size_t i = 0; i < curves.size(); ++i) {
        data += fmt::format("$curve{} << BENCHHOST_END\n{}BENCHHOST_END\n", i, curves[i].points);
        plot += fmt::format("{} $curve{} using 1:2 with linespoints pt 7 ps 0.4 lw 2 title {}",
                            i == 0 ? "plot" : ",", i, gnuplot_text(curves[i].label));
    }
    return data + "set key outside right noenhanced\n" + plot + "\n";
}

// Median with the range of the rounds, the best on top.
std::optional<std::string> throughput(const ProfileTable& table) {
    std::string data;
    std::string tics;
    std::size_t count = 0;
    for (const Row& row : table.rows) {
        const auto& rate = row.requests_per_s;
        if (row.standing != Standing::measured || !rate || count == kMostRows) {
            continue;
        }
        ++count;
        data += fmt::format("{} -{} {} {}\n", rate->median, count, rate->least, rate->most);
        tics += fmt::format("{}{} -{}", tics.empty() ? "" : ", ", tic_label(row.label), count);
    }
    if (count == 0) {
        return std::nullopt;
    }
    return header(table, "requests/s, median and range of the rounds", 800,
                  140 + 26 * static_cast<int>(count)) +
           fmt::format(
               "$rows << BENCHHOST_END\n{}BENCHHOST_END\nset ytics ({})\n"
               "set yrange [-{}.6:-0.4]\nset xrange [0:*]\nset format x '%.0f'\n"
               "set xlabel 'requests/s'\n"
               "plot $rows using 1:2:3:4 with xerrorbars pt 7 ps 0.8 lw 1.5 "
               "lc rgb '#0a5cc2' notitle\n",
               data, tics, count);
}

std::string percentile_points(const Row& row) {
    const auto histogram = merged(row, &results::Trial::histogram);
    std::string points;
    const auto count = static_cast<double>(histogram.count());
    for (int i = 0; i <= kPlottedNines * kPlottedPerNine; ++i) {
        const double nines = static_cast<double>(i) / kPlottedPerNine;
        const double beyond = std::pow(10.0, -nines);
        const double ms = to_milliseconds(histogram.at_quantile(1 - beyond));
        if (beyond * count >= 1 && ms > 0) {
            points += fmt::format("{} {}\n", nines, ms);
        }
    }
    return points;
}

std::optional<std::string> latency(const ProfileTable& table) {
    std::vector<Curve> curves;
    for (const Row& row : table.rows) {
        const std::string points = percentile_points(row);
        if (row.standing == Standing::measured && !points.empty() && curves.size() < kMostLines) {
            curves.push_back({row.label, points});
        }
    }
    if (curves.empty()) {
        return std::nullopt;
    }
    return header(table, "response time by percentile", 900, 480) +
           "set logscale y\nset ylabel 'ms'\nset xtics ('0 %%' 0, '90 %%' 1, '99 %%' 2, '99.9 %%' "
           "3, "
           "'99.99 %%' 4, '99.999 %%' 5)\n" +
           curves_script(curves);
}

std::string step_points(const Row& row) {
    std::vector<results::LoadStep> steps;
    for (const results::Trial* trial : row.trials) {
        if (is_usable(*trial) && trial->limit) {
            steps = trial->limit->steps;  // those of the last measured round
        } else if (is_usable(*trial) && trial->sweep) {
            steps = trial->sweep->steps;
        }
    }
    std::sort(steps.begin(), steps.end(),
              [](const auto& left, const auto& right) { return left.load < right.load; });
    std::string points;
    for (const auto& step : steps) {
        if (step.p99_ms && *step.p99_ms > 0) {
            points += fmt::format("{} {}\n", step.load, *step.p99_ms);
        }
    }
    return points;
}

std::optional<std::string> load_latency(const ProfileTable& table) {
    std::vector<Curve> curves;
    std::string limits;
    for (const Row& row : table.rows) {
        const std::string points = step_points(row);
        if (row.standing != Standing::measured || points.empty() || curves.size() == kMostLines) {
            continue;
        }
        curves.push_back({row.label, points});
        if (row.highest_load) {
            limits +=
                fmt::format("set arrow from {0}, graph 0 to {0}, graph 1 nohead dt 2 lc {1}\n",
                            row.highest_load->median, curves.size());
        }
    }
    if (curves.empty()) {
        return std::nullopt;
    }
    return header(table, "p99 by load, dashed: highest load without failure", 900, 480) + limits +
           "set logscale y\nset ylabel 'p99 (ms)'\nset xlabel " + gnuplot_text(table.load_unit) +
           "\n" + curves_script(curves);
}

}  // namespace

std::vector<Plot> make_plots(const results::ResultSet& results) {
    std::vector<Plot> plots;
    const auto tables = make_tables(results);
    for (std::size_t i = 0; i < tables.size(); ++i) {
        // The number keeps apart profiles whose names differ only in odd letters.
        const std::string name =
            fmt::format("{}-{}", i + 1, file_name_part(tables[i].profile.name));
        if (const auto script = throughput(tables[i])) {
            plots.push_back({name + "-throughput.svg", *script});
        }
        if (const auto script = latency(tables[i])) {
            plots.push_back({name + "-latency.svg", *script});
        }
        if (const auto script = load_latency(tables[i])) {
            plots.push_back({name + "-load.svg", *script});
        }
    }
    return plots;
}

}  // namespace benchhost::report
