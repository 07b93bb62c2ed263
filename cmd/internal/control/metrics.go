package control

import (
	"context"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metricsTime is how long the daemon may take to say how it is, for one scrape.
const metricsTime = 5 * time.Second

// gauge is a number of a status, by its name for Prometheus. Faults have their code as
// label, and no other number has any: nothing of a person is counted apart.
type gauge struct {
	desc *prometheus.Desc
	kind prometheus.ValueType
	of   func(Status) float64
}

// metrics gives a status as numbers, asked anew for each scrape.
type metrics struct {
	daemon Daemon
	up     *prometheus.Desc
	faults *prometheus.Desc
	info   *prometheus.Desc
	gauges []gauge
}

func newMetrics(d Daemon) *metrics {
	m := &metrics{daemon: d, up: prometheus.NewDesc("balie_up", "Whether the booth's loop answers.", nil, nil)}
	m.faults = prometheus.NewDesc("balie_fault", "1 for each fault that has lasted long enough to be shown; explained ones follow from another.",
		[]string{"fault", "part", "state"}, nil)
	m.info = prometheus.NewDesc("balie_info", "1, with the kiosk and the version that it runs.", []string{"kiosk", "version"}, nil)
	add := func(name, help string, kind prometheus.ValueType, of func(Status) float64) {
		m.gauges = append(m.gauges, gauge{prometheus.NewDesc("balie_"+name, help, nil, nil), kind, of})
	}
	add("visits_total", "Visits since the daemon was started.", prometheus.CounterValue, func(s Status) float64 { return float64(s.Visits) })
	add("out_of_order", "How many things do not work.", prometheus.GaugeValue, func(s Status) float64 { return float64(len(s.Out)) })
	add("certificate_ends_seconds", "When this kiosk's certificate ends, in seconds since 1970.", prometheus.GaugeValue, func(s Status) float64 {
		return float64(s.Identity.NotAfter.Unix())
	})
	add("start_seconds", "When the daemon was started, in seconds since 1970.", prometheus.GaugeValue, func(s Status) float64 { return float64(s.Started.Unix()) })
	add("readers", "Card readers that are there.", prometheus.GaugeValue, func(s Status) float64 { return float64(len(s.Readers)) })
	add("card_service_up", "Whether pcscd answers.", prometheus.GaugeValue, func(s Status) float64 { return one(s.CardService == "up") })
	add("printer_ready", "Whether the ticket printer could print now.", prometheus.GaugeValue, func(s Status) float64 { return one(s.Printer.Ready) })
	add("portal_reachable", "Whether the portal answered the last call.", prometheus.GaugeValue, func(s Status) float64 { return one(s.Portal.Reachable) })
	add("portal_stopped", "Whether the portal does not take this kiosk.", prometheus.GaugeValue, func(s Status) float64 { return one(s.Portal.Stopped) })
	add("portal_clock_ahead_seconds", "How far the portal's clock is ahead of this one's; 0 where it was never compared.", prometheus.GaugeValue, func(s Status) float64 {
		if s.Portal.ClockAhead == nil {
			return 0
		}
		return *s.Portal.ClockAhead
	})
	add("worklist_entries", "People on today's worklist.", prometheus.GaugeValue, func(s Status) float64 { return float64(s.Worklist.Entries) })
	add("worklist_age_seconds", "How long ago the portal last said that the worklist is so; 0 without one.", prometheus.GaugeValue, func(s Status) float64 { return age(s.Worklist.AsOf) })
	add("queue_up", "Whether the queue can be read and took the last check-in.", prometheus.GaugeValue, func(s Status) float64 { return one(s.Queue.Error == "") })
	add("queue_pending", "Actions that wait for the portal.", prometheus.GaugeValue, func(s Status) float64 { return float64(s.Queue.Pending) })
	add("queue_parked", "Actions that the portal refused for good.", prometheus.GaugeValue, func(s Status) float64 { return float64(s.Queue.Parked) })
	add("queue_set_aside", "Damaged queues that were set aside and still lie there.", prometheus.GaugeValue, func(s Status) float64 { return float64(len(s.Queue.SetAside)) })
	add("queue_oldest_seconds", "How long the oldest waiting action waits; 0 without one.", prometheus.GaugeValue, func(s Status) float64 {
		return age(s.Queue.Oldest)
	})
	return m
}

// age is how long ago something was, in seconds; 0 where it never was.
func age(t *time.Time) float64 {
	if t == nil {
		return 0
	}
	return time.Since(*t).Seconds()
}

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

// Describe is of prometheus.Collector.
func (m *metrics) Describe(c chan<- *prometheus.Desc) {
	c <- m.up
	c <- m.faults
	c <- m.info
	for _, g := range m.gauges {
		c <- g.desc
	}
}

// Collect is of prometheus.Collector.
func (m *metrics) Collect(c chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), metricsTime)
	defer cancel()
	s, err := m.daemon.Status(ctx)
	c <- prometheus.MustNewConstMetric(m.up, prometheus.GaugeValue, one(err == nil))
	if err != nil {
		return
	}
	c <- prometheus.MustNewConstMetric(m.info, prometheus.GaugeValue, 1, s.Kiosk, s.Version)
	for _, f := range s.Faults {
		c <- prometheus.MustNewConstMetric(m.faults, prometheus.GaugeValue, 1, f.Code, f.Part, string(f.State))
	}
	for _, g := range m.gauges {
		c <- prometheus.MustNewConstMetric(g.desc, g.kind, g.of(s))
	}
}

// MetricsHandler serves the numbers in Prometheus' text format.
func MetricsHandler(d Daemon) http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(newMetrics(d))
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}
