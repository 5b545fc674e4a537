// Prints every image of a region with the size of its newest version:
//   dotnet run -- http://maas.example.com:5240/MAAS/ CONSUMER:TOKEN:SECRET
using System;
using BootDepot.Client;

if (args.Length != 2)
{
    Console.Error.WriteLine("usage: ImageReport URL API-KEY");
    return 2;
}

using var maas = await MaasClient.ConnectAsync(args[0], args[1]);
foreach (var resource in await maas.BootResources.ListAsync(includeSets: true))
    Console.WriteLine($"{resource.Name} {resource.Architecture} {resource.LatestSet?.Version} {resource.LatestSet?.Size}");
return 0;
