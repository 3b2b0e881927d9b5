// Sends the spans of spans.json with the OpenTelemetry SDK of Go and prints
// what it made of each, one JSON object a line.
//
//	sdk FILE http|grpc none|gzip HOST:PORT
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strconv"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

type event struct {
	Name       string
	Attributes map[string]any
}

type link struct {
	Span       int
	Attributes map[string]any
}

type span struct {
	Name, Kind, Status, Message string
	Parent                      *int
	Attributes                  map[string]any
	Events                      []event
	Links                       []link
}

type known struct {
	Project  string
	Scope    struct{ Name, Version string }
	Resource map[string]any
	Rounds   int
	Spans    []span
}

var kinds = map[string]trace.SpanKind{
	"INTERNAL": trace.SpanKindInternal, "SERVER": trace.SpanKindServer,
	"CLIENT": trace.SpanKindClient, "PRODUCER": trace.SpanKindProducer,
	"CONSUMER": trace.SpanKindConsumer,
}

var statuses = map[string]codes.Code{"OK": codes.Ok, "ERROR": codes.Error}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// A number is an integer if it is written as one.
func isInteger(number json.Number) bool {
	return !strings.ContainsAny(number.String(), ".eE")
}

func list(key string, items []any) attribute.KeyValue {
	var texts []string
	var flags []bool
	var wholes []int64
	var reals []float64
	for _, item := range items {
		switch value := item.(type) {
		case string:
			texts = append(texts, value)
		case bool:
			flags = append(flags, value)
		case json.Number:
			whole, _ := value.Int64()
			real, _ := value.Float64()
			if isInteger(value) {
				wholes = append(wholes, whole)
			} else {
				reals = append(reals, real)
			}
		}
	}
	switch {
	case texts != nil:
		return attribute.StringSlice(key, texts)
	case flags != nil:
		return attribute.BoolSlice(key, flags)
	case wholes != nil:
		return attribute.Int64Slice(key, wholes)
	}
	return attribute.Float64Slice(key, reals)
}

func attributes(values map[string]any) []attribute.KeyValue {
	var out []attribute.KeyValue
	for key, item := range values {
		switch value := item.(type) {
		case string:
			out = append(out, attribute.String(key, value))
		case bool:
			out = append(out, attribute.Bool(key, value))
		case []any:
			out = append(out, list(key, value))
		case json.Number:
			whole, _ := value.Int64()
			real, _ := value.Float64()
			if isInteger(value) {
				out = append(out, attribute.Int64(key, whole))
			} else {
				out = append(out, attribute.Float64(key, real))
			}
		}
	}
	return out
}

func start(tracer trace.Tracer, wanted span, made []trace.Span) trace.Span {
	ctx := context.Background()
	if wanted.Parent != nil {
		ctx = trace.ContextWithSpan(ctx, made[*wanted.Parent])
	}
	var links []trace.Link
	for _, link := range wanted.Links {
		links = append(links, trace.Link{
			SpanContext: made[link.Span].SpanContext(),
			Attributes:  attributes(link.Attributes)})
	}
	_, out := tracer.Start(ctx, wanted.Name,
		trace.WithSpanKind(kinds[wanted.Kind]),
		trace.WithAttributes(attributes(wanted.Attributes)...),
		trace.WithLinks(links...))
	for _, event := range wanted.Events {
		out.AddEvent(event.Name,
			trace.WithAttributes(attributes(event.Attributes)...))
	}
	if wanted.Status != "" {
		out.SetStatus(statuses[wanted.Status], wanted.Message)
	}
	return out
}

func sendRound(tracer trace.Tracer, spans []span) {
	var made []trace.Span
	for _, wanted := range spans {
		made = append(made, start(tracer, wanted, made))
	}
	for i := len(made) - 1; i >= 0; i-- {
		made[i].End()
	}
	for i, span := range made {
		times := span.(sdktrace.ReadOnlySpan)
		line, err := json.Marshal(map[string]any{
			"index":    i,
			"trace_id": span.SpanContext().TraceID().String(),
			"span_id":  span.SpanContext().SpanID().String(),
			"start":    strconv.FormatInt(times.StartTime().UnixNano(), 10),
			"end":      strconv.FormatInt(times.EndTime().UnixNano(), 10)})
		check(err)
		fmt.Println(string(line))
	}
}

func newExporter(ctx context.Context, protocol, compression, address string) (
	*otlptrace.Exporter, error) {
	if protocol == "http" {
		packing := otlptracehttp.NoCompression
		if compression == "gzip" {
			packing = otlptracehttp.GzipCompression
		}
		return otlptracehttp.New(ctx, otlptracehttp.WithInsecure(),
			otlptracehttp.WithEndpoint(address),
			otlptracehttp.WithCompression(packing))
	}
	options := []otlptracegrpc.Option{otlptracegrpc.WithInsecure(),
		otlptracegrpc.WithEndpoint(address)}
	if compression == "gzip" {
		options = append(options, otlptracegrpc.WithCompressor("gzip"))
	}
	return otlptracegrpc.New(ctx, options...)
}

func main() {
	ctx := context.Background()
	file, err := os.Open(os.Args[1])
	check(err)
	var wanted known
	decoder := json.NewDecoder(file)
	decoder.UseNumber()
	check(decoder.Decode(&wanted))
	exporter, err := newExporter(ctx, os.Args[2], os.Args[3], os.Args[4])
	check(err)
	wanted.Resource["openinference.project.name"] = wanted.Project
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(exporter, sdktrace.WithMaxExportBatchSize(16)),
		sdktrace.WithResource(resource.NewSchemaless(
			attributes(wanted.Resource)...)))
	tracer := provider.Tracer(wanted.Scope.Name,
		trace.WithInstrumentationVersion(wanted.Scope.Version))
	for i := 0; i < wanted.Rounds; i++ {
		sendRound(tracer, wanted.Spans)
	}
	check(provider.ForceFlush(ctx))
	check(provider.Shutdown(ctx))
}
