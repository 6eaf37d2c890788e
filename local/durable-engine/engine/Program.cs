using Microsoft.Azure.WebJobs;
using Microsoft.Azure.WebJobs.Extensions.DurableTask;
using Microsoft.Azure.WebJobs.Host.Config;
using DurableEngine;

// The published Durable Functions extension in the public WebJobs host. Every orchestrator and activity of the app is a
// method made at run time that has the real function run by Node.js, over HTTP on the loopback.

// A replay holds the thread that waits for Node.js: without these, starting one more takes half a second each.
ThreadPool.SetMinThreads(64, 64);

var settings = Settings.OfEnvironment();
NodeApp.Connect(settings.NodeUrl);

using var host = new HostBuilder()
    .UseEnvironment("Production")
    .ConfigureAppConfiguration(configuration => configuration
        .AddInMemoryCollection(settings.HostJson)
        .AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["AzureWebJobsConfigurationSection"] = Settings.HostSection,
        })
        .AddEnvironmentVariables())
    .ConfigureLogging(logging => logging
        .AddSimpleConsole(line =>
        {
            line.SingleLine = true;
            line.TimestampFormat = "HH:mm:ss.fff ";
            line.UseUtcTimestamp = true;
        })
        .SetMinimumLevel(settings.LogLevel))
    .ConfigureWebJobs(webJobs => webJobs.AddDurableTask())
    .ConfigureServices(services =>
    {
        services.AddSingleton<ITypeLocator>(new Types(AppFunctions.Emit(settings.Functions), typeof(Client)));
        // Without one, every durable client binding throws.
        services.AddSingleton<IWebHookProvider>(new WebHooks(settings.FrontUrl));
    })
    .Build();

_ = Task.Run(async () =>
{
    // Node.js holds our standard input: when it goes, so do we, even when it was killed.
    await Console.In.ReadToEndAsync();
    // A hub whose storage has gone tries for ever to give its partitions back.
    await Task.WhenAny(host.StopAsync(), Task.Delay(TimeSpan.FromSeconds(15)));
    Environment.Exit(0);
});

await host.StartAsync();
var binding = new string[1];
await host.Services.GetRequiredService<IJobHost>()
    .CallAsync(Client.FunctionName, new Dictionary<string, object> { ["binding"] = binding });
await NodeApp.Ready(binding[0]);
await host.WaitForShutdownAsync();

namespace DurableEngine
{
    /// <summary>The types that hold functions, in place of a search through assemblies.</summary>
    internal sealed class Types(params Type[] types) : ITypeLocator
    {
        public IReadOnlyList<Type> GetTypes() => types;
    }

    /// <summary>Where the durable HTTP API is reached from outside: at the front door, which Node.js keeps.</summary>
    internal sealed class WebHooks(Uri front) : IWebHookProvider
    {
        public Uri GetUrl(IExtensionConfigProvider extension) => new(front, "/runtime/webhooks/durabletask?code=local");
    }

    /// <summary>What a durable client binding of the app receives, as the extension makes it.</summary>
    public static class Client
    {
        /// <summary>A name that no function of an app has: names share one space, in any letter case.</summary>
        public const string FunctionName = "durable-engine-describes-its-client";

        [NoAutomaticTrigger]
        [FunctionName(FunctionName)]
        public static void Describe([DurableClient] string json, string[] binding) => binding[0] = json;
    }
}
