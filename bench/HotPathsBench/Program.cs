using System.Linq;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

// FOLDER [FILTER...]: measures all, or what fits a filter such as *Oauth*; leaves a Markdown file for each class in FOLDER.
// In this process: nothing is generated and built elsewhere, where the rules of the checkout would not hold.
var config = new ManualConfig { ArtifactsPath = args[0], Options = ConfigOptions.DisableOptimizationsValidator | ConfigOptions.JoinSummary }
    .AddJob(Job.ShortRun.WithIterationCount(8).WithToolchain(InProcessNoEmitToolchain.Instance))
    .AddColumnProvider(DefaultColumnProviders.Descriptor, DefaultColumnProviders.Statistics, DefaultColumnProviders.Metrics)
    .AddDiagnoser(MemoryDiagnoser.Default)
    .AddExporter(MarkdownExporter.GitHub)
    .AddLogger(ConsoleLogger.Default);
var filters = args.Skip(1).DefaultIfEmpty("*").ToArray();
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(["--filter", .. filters], config);
