using System;
using System.Collections.Generic;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace BootDepot.Catalog.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class ImportWishes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "StreamViews");

            migrationBuilder.AddColumn<bool>(
                name: "IsMoreWanted",
                table: "ImportRuns",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "IsStopWanted",
                table: "ImportRuns",
                type: "boolean",
                nullable: false,
                defaultValue: false);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "IsMoreWanted",
                table: "ImportRuns");

            migrationBuilder.DropColumn(
                name: "IsStopWanted",
                table: "ImportRuns");

            migrationBuilder.CreateTable(
                name: "StreamViews",
                columns: table => new
                {
                    Id = table.Column<int>(type: "integer", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Arches = table.Column<List<string>>(type: "text[]", nullable: false),
                    Created = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    Images = table.Column<List<string>>(type: "text[]", nullable: false),
                    Labels = table.Column<List<string>>(type: "text[]", nullable: false),
                    Name = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false, collation: "C"),
                    TokenHash = table.Column<byte[]>(type: "bytea", nullable: true),
                    Updated = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_StreamViews", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_StreamViews_Name",
                table: "StreamViews",
                column: "Name",
                unique: true);
        }
    }
}
