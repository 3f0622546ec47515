#include "report/formats/plots/plots.hpp"

#include "core/base/units.hpp"
#include "core/results/losses.hpp"
#include "report/table/number.hpp"
#include "report/table/percentile_curve.hpp"
#include "report/table/row.hpp"
#include "report/table/table.hpp"
#include "report/table/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace benchhost::report {
namespace {

constexpr std::size_t kMostLines = 10;  // more cannot be told apart
constexpr std::size_t kColours = 8;  // then gnuplot begins again; a dash and a mark tell them apart
constexpr int kMostTics = 6;
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

// Tics with labels as the tables write numbers: gnuplot has 50000 and 1e+06.
std::string tics(const char* axis, const std::vector<double>& values) {
    std::string list;
    for (const double value : values) {
        list += fmt::format("{}{} {}", list.empty() ? "" : ", ", tic_label(rounded(value)), value);
    }
    return fmt::format("set {}tics ({})\n", axis, list);
}

// From 0 in steps of 1, 2 or 5 times a power of ten.
std::string linear_tics(const char* axis, double most) {
    double step = std::pow(10.0, std::floor(std::log10(most)) - 1);
    for (int i = 0; most / step > kMostTics; ++i) {
        step *= i % 3 == 1 ? 2.5 : 2;
    }
    std::vector<double> values;
    for (int i = 0; i * step <= most * 1.1; ++i) {
        values.push_back(i * step);
    }
    return tics(axis, values);
}

std::string decade_tics(const char* axis) {
    constexpr int kLeastPower = -4;
    constexpr int kMostPower = 9;
    std::vector<double> values;
    for (int power = kLeastPower; power <= kMostPower; ++power) {
        values.push_back(std::pow(10.0, power));
    }
    return tics(axis, values);
}

// What a picture does not show.
std::string how_many(std::size_t drawn, std::size_t all) {
    return drawn == all ? "" : fmt::format(" (the first {} of {} servers)", drawn, all);
}

struct Curve {
    std::string label;
    std::string points;       // lines of "x y"
    std::string failed = {};  // those of a load that was not borne
};

std::string curves_script(const std::vector<Curve>& curves) {
    std::string data;
    std::string plot;
    bool some_failed = false;
    for (std::size_t i = 0; i < curves.size(); ++i) {
        const auto colour = i % kColours + 1;
        data += fmt::format("$curve{} << BENCHHOST_END\n{}BENCHHOST_END\n", i, curves[i].points);
        plot += fmt::format(
            "{} $curve{} using 1:2 with linespoints lc {} dt {} pt {} ps 0.5 lw 2 "
            "title {}",
            i == 0 ? "plot" : ",", i, colour, i / kColours + 1, i < kColours ? 7 : 9,
            gnuplot_text(curves[i].label));
        if (!curves[i].failed.empty()) {
            data +=
                fmt::format("$failed{} << BENCHHOST_END\n{}BENCHHOST_END\n", i, curves[i].failed);
            plot += fmt::format(", $failed{} using 1:2 with points lc {} pt 2 ps 1.2 lw 2 {}", i,
                                colour, some_failed ? "notitle" : "title 'failed'");
            some_failed = true;
        }
    }
    return data + "set key outside right noenhanced\n" + plot + "\n";
}

// Median with the range of the rounds, the best on top.
std::optional<std::string> throughput(const ProfileTable& table) {
    std::string data;
    std::string names;
    std::size_t count = 0;
    std::size_t all = 0;
    double most = 0;
    for (const Row& row : table.rows) {
        const auto& rate = row.requests_per_s;
        if (row.standing != Standing::measured || !rate) {
            continue;
        }
        if (++all > kMostRows) {
            continue;
        }
        ++count;
        most = std::max(most, rate->most);
        data += fmt::format("{} -{} {} {}\n", rate->median, count, rate->least, rate->most);
        names += fmt::format("{}{} -{}", names.empty() ? "" : ", ",
                             tic_label((rate->at_least ? "≥ " : "") + row.label), count);
    }
    if (count == 0) {
        return std::nullopt;
    }
    return header(table, "requests/s, median and range of the rounds" + how_many(count, all), 800,
                  140 + 26 * static_cast<int>(count)) +
           fmt::format(
               "$rows << BENCHHOST_END\n{}BENCHHOST_END\nset ytics ({})\n"
               "set yrange [-{}.6:-0.4]\nset xrange [0:*]\n{}"
               "set xlabel 'requests/s'\n"
               "plot $rows using 1:2:3:4 with xerrorbars pt 7 ps 0.8 lw 1.5 "
               "lc rgb '#0a5cc2' notitle\n",
               data, names, count, most > 0 ? linear_tics("x", most) : "");
}

std::string percentile_points(const Row& row) {
    std::string points;
    for (const CurvePoint& point :
         percentile_curve(row, &results::Trial::histogram, kPlottedNines, kPlottedPerNine)) {
        if (point.ms > 0) {
            points += fmt::format("{} {}\n", point.nines, point.ms);
        }
    }
    return points;
}

std::optional<std::string> latency(const ProfileTable& table) {
    std::vector<Curve> curves;
    std::size_t all = 0;
    for (const Row& row : table.rows) {
        const std::string points = percentile_points(row);
        if (row.standing == Standing::measured && !points.empty() && ++all <= kMostLines) {
            curves.push_back({row.label, points});
        }
    }
    if (curves.empty()) {
        return std::nullopt;
    }
    return header(table, "response time by percentile" + how_many(curves.size(), all), 900, 480) +
           "set logscale y\n" + decade_tics("y") +
           "set ylabel 'ms'\nset xtics ('0 %%' 0, '90 %%' 1, '99 %%' 2, '99.9 %%' 3, "
           "'99.99 %%' 4, '99.999 %%' 5)\n" +
           curves_script(curves);
}

// Those of the last measured round, by load.
std::vector<results::LoadStep> steps_of(const Row& row) {
    std::vector<results::LoadStep> steps;
    for (const results::Trial* trial : row.trials) {
        if (is_usable(*trial) && trial->limit) {
            steps = trial->limit->steps;
        } else if (is_usable(*trial) && trial->sweep) {
            steps = trial->sweep->steps;
        }
    }
    std::sort(steps.begin(), steps.end(),
              [](const auto& left, const auto& right) { return left.load < right.load; });
    return steps;
}

// A bound of a percentile is drawn where it is, and its step has failed.
Curve step_curve(const Row& row, const std::optional<Nanoseconds>& timeout, double& most_load) {
    Curve curve{row.label, ""};
    for (const auto& step : steps_of(row)) {
        const auto p99 = results::percentile(step, &results::LoadStep::p99_ms, timeout);
        if (!p99 || !(p99->ms > 0)) {
            continue;
        }
        most_load = std::max(most_load, step.load);
        const auto point = fmt::format("{} {}\n", step.load, p99->ms);
        curve.points += point;
        curve.failed += step.passed ? "" : point;
    }
    return curve;
}

std::optional<std::string> load_latency(const ProfileTable& table) {
    std::vector<Curve> curves;
    std::string limits;
    std::size_t all = 0;
    double most_load = 0;
    for (const Row& row : table.rows) {
        if (row.standing != Standing::measured) {
            continue;
        }
        auto curve = step_curve(row, table.profile.timeout, most_load);
        if (curve.points.empty() || ++all > kMostLines) {
            continue;
        }
        curves.push_back(std::move(curve));
        if (row.highest_load) {
            const auto i = curves.size() - 1;
            limits +=
                fmt::format("set arrow from {0}, graph 0 to {0}, graph 1 nohead dt 2 lc {1}\n",
                            row.highest_load->median, i % kColours + 1);
        }
    }
    if (curves.empty()) {
        return std::nullopt;
    }
    return header(
               table,
               "p99 by load, dashed: highest load without failure" + how_many(curves.size(), all),
               900, 480) +
           limits + "set logscale y\n" + decade_tics("y") +
           (most_load > 0 ? linear_tics("x", most_load) : "") +
           "set ylabel 'p99 (ms)'\nset xlabel " + gnuplot_text(table.load_unit) + "\n" +
           curves_script(curves);
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
